// SPDX-License-Identifier: ISC
// What an authenticator shows (RFC 6238: SHA-1, 30 s, six digits), from the secret as a person types it.
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const step = () => Math.floor(Date.now() / 30_000);

function fromBase32(text) {
	const bits = [...text].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('');
	return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

function codeOf(secret, at) {
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(at));
	const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
	return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export const totp = (secret) => codeOf(secret, step());

// A code that is wrong now and will be for a while.
export function wrongTotp(secret) {
	const right = new Set(Array.from({ length: 20 }, (_, i) => codeOf(secret, step() - 5 + i)));
	return ['000000', '111111', ...Array.from({ length: 20 }, (_, i) => String(i * 7919).padStart(6, '0'))].find((code) => !right.has(code));
}

// The half minute is over, as far as the server knows: the code that was just used may be used again.
export const halfMinutePasses = (stack, operator) => stack.query('update chat.operator_totp set last_step = 0 where operator = $1', [operator]);
