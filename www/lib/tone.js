// SPDX-License-Identifier: ISC

/** One soft note. @param {AudioContext} audio @param {number} pitch in Hz @param {number} at in seconds of its clock */
export function tone(audio, pitch, at) {
	const oscillator = audio.createOscillator();
	const gain = audio.createGain();
	oscillator.frequency.value = pitch;
	gain.gain.setValueAtTime(0.0001, at);
	gain.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
	gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.28);
	oscillator.connect(gain).connect(audio.destination);
	oscillator.start(at);
	oscillator.stop(at + 0.3);
}
