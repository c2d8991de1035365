// SPDX-License-Identifier: ISC
// A function of the database that does something else for a while, in a test's own database.

// `work` runs while internal.<name> has this body; then the old one is back.
export async function withBody(stack, name, body, work) {
	const [{ text: keep }] = await stack.query('select pg_get_functiondef($1::regproc) as text', [`internal.${name}`]);
	await stack.query(keep.replace(/\$function\$.*\$function\$/s, () => `$function$ ${body} $function$`));
	try {
		return await work();
	} finally {
		await stack.query(keep);
	}
}
