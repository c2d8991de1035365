// SPDX-License-Identifier: ISC
import { html, nothing } from 'lit';

/** How a field of each kind asks the browser for its keyboard and what it fills in by itself. */
const INPUT = /** @type {Record<string, {type: string, autocomplete?: string, mode?: string}>} */ ({
	email: { type: 'email', autocomplete: 'email' },
	phone: { type: 'tel', autocomplete: 'tel' },
	number: { type: 'text', mode: 'decimal' },
	pattern: { type: 'text' },
});

/** What was filled in, by question; what was left empty is not there. @param {ParentNode} form @param {Question[]} questions @returns {Record<string, string>} */
export function answersIn(form, questions) {
	/** @type {Record<string, string>} */
	const answers = {};
	for (const { name } of questions) {
		const fields = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll(`[name="answers.${CSS.escape(name)}"]`));
		const field = [...fields].find((each) => each.type !== 'radio' || each.checked);
		const value = field?.value.trim() ?? '';
		if (value) answers[name] = value;
	}
	return answers;
}

/** The first question that must have an answer and has none. @param {Question[]} questions @param {Record<string, string>} answers */
export const missing = (questions, answers) => questions.find(({ name, required }) => required && !answers[name]);

/**
 * The fields of a queue's questions. `fault`: the name of the one that is not answered as it should be, and what to say to that.
 * @param {{texts: import('../lib/i18n.js').Texts, questions: Question[], readonly: boolean, fault: {name: string, text: string} | null}} given
 */
export function questionFields({ texts, questions, readonly, fault }) {
	return questions.map((question) => {
		const wrong = fault?.name === question.name;
		const error = wrong ? html`<p class="error" id=${`error-${question.name}`} role="alert" dir="auto">${fault?.text}</p>` : nothing;
		const label = html`<bdi>${question.label}</bdi>${question.required ? nothing : html` <span class="optional">(${texts.t('optional')})</span>`}`;
		return question.kind === 'choice' ? choiceField(question, label, error, wrong, readonly) : textField(question, label, error, wrong, readonly);
	});
}

/** @param {Question} question @param {unknown} label @param {unknown} error @param {boolean} wrong @param {boolean} readonly */
function textField(question, label, error, wrong, readonly) {
	const { name, kind, example, required } = question;
	const { type, autocomplete, mode } = INPUT[kind] ?? { type: 'text' };
	const id = `question-${name}`;
	const spoken = question.field === 'name' ? 'name' : autocomplete ?? 'off';
	return html`<div class="field" data-testid=${id}><label for=${id}>${label}</label>
		${kind === 'text' && (question.max_length ?? 0) > 100 && !question.field
		? html`<textarea class="input" id=${id} name=${`answers.${name}`} rows="2" maxlength=${question.max_length ?? nothing} placeholder=${example ?? nothing}
				?readonly=${readonly} ?required=${required} aria-invalid=${wrong ? 'true' : 'false'} aria-describedby=${wrong ? `error-${name}` : nothing}></textarea>`
		: html`<input class="input" id=${id} name=${`answers.${name}`} type=${type} inputmode=${mode ?? nothing} autocomplete=${spoken} dir="auto"
				maxlength=${question.field === 'name' ? 100 : question.max_length ?? 500} placeholder=${example ?? nothing} ?readonly=${readonly} ?required=${required}
				aria-invalid=${wrong ? 'true' : 'false'} aria-describedby=${wrong ? `error-${name}` : nothing}>`}${error}</div>`;
}

/** @param {Question} question @param {unknown} label @param {unknown} error @param {boolean} wrong @param {boolean} readonly */
function choiceField(question, label, error, wrong, readonly) {
	const { name, required, choices = [] } = question;
	return html`<fieldset class="field" role="radiogroup" data-testid=${`question-${name}`} aria-required=${required ? 'true' : 'false'}
		aria-invalid=${wrong ? 'true' : 'false'} aria-describedby=${wrong ? `error-${name}` : nothing}><legend>${label}</legend>
		<div class="options">${choices.map((choice) => html`<label class="option"><input type="radio" name=${`answers.${name}`} value=${choice.id} ?disabled=${readonly}>
			<span dir="auto">${choice.label}</span></label>`)}</div>${error}</fieldset>`;
}
