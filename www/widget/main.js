// SPDX-License-Identifier: ISC
import '../lib/ui/tokens.css';
import './page.css';
import './app.js';

document.body.append(document.createElement('switchboard-chat'));
