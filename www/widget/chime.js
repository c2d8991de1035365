// SPDX-License-Identifier: ISC
import { tone } from '../lib/tone.js';

/** @type {AudioContext | undefined} */
let audio;

/** Two notes for who looks elsewhere; browsers let a page sound only after somebody has touched it. */
export async function chime() {
	if (navigator.userActivation?.hasBeenActive === false) return;
	try {
		audio ??= new AudioContext();
		await audio.resume();
	} catch {
		return; // no sound device
	}
	tone(audio, 740, audio.currentTime);
	tone(audio, 988, audio.currentTime + 0.14);
}
