// SPDX-License-Identifier: ISC

// A restart of the relay is over before anybody could read a banner.
export const BLINK_MS = 1200;

/**
 * What is to be said of the connection: '' all is well.
 * @param {{socket: {state: string, reason: string, failures: number}, polls: boolean, slow: boolean, lostAt: number, synced: boolean}} how
 * @returns {'' | 'connecting' | 'reconnecting' | 'offline' | 'replaced' | 'slow'}
 */
export function bannerOf({ socket: { state, reason, failures }, polls, slow, lostAt, synced }) {
	if (state === 'ready' || polls) return slow ? 'slow' : '';
	if (!navigator.onLine) return 'offline';
	if (Date.now() - lostAt < BLINK_MS) return '';
	if (state === 'stopped') return reason === 'replaced' ? 'replaced' : 'reconnecting';
	if (state === 'connecting' && !failures) return synced ? '' : 'connecting';
	return failures ? 'reconnecting' : '';
}
