// SPDX-License-Identifier: ISC
// Tokens as a site's own server makes them, and as it should not.

import { createHmac } from 'node:crypto';

export const encode = (object) => Buffer.from(typeof object === 'string' ? object : JSON.stringify(object)).toString('base64url');
export const nowS = () => Math.floor(Date.now() / 1000);

export function sign(secret, claims, header = { alg: 'HS256', typ: 'JWT' }, hash = 'sha256') {
	const signed = `${encode(header)}.${encode(claims)}`;
	return `${signed}.${createHmac(hash, secret).update(signed).digest('base64url')}`;
}

// A good token of the demo's shop for a person, with what the test wants otherwise (undefined takes a claim away).
export const identity = (secret, sub, more = {}) => sign(secret, { sub, aud: 'shop', iat: nowS(), exp: nowS() + 300, ...more });
