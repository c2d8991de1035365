-- SPDX-License-Identifier: ISC
-- What POST chats sends to the database (STATEMENT_OPEN_CHAT), with secrets made here.
select chat, created, body from api.open_chat(gen_random_uuid(), sha256(gen_random_uuid()::text::bytea), sha256(gen_random_uuid()::text::bytea), sha256(''), 'demo-shop', null, null,
	'Kim', null, 'en', 'https://shop.example/teapot', null, null, null, '127.0.0.1', 'ws://localhost/chat/relay');
