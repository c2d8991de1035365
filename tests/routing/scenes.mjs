// SPDX-License-Identifier: ISC
// Everybody is full or away and chats wait; then something happens, or an instant is reached, and the right one is offered. Each scene gives
// { operator, order, act } or { operator, order, due }: who is free then, whom he is to serve in which order, and what happens or when it falls due
// (performance.now()). `after`: what is to be seen when he has served them.

const SKILL = 'german';

export const SCENES = {
	'sign-in': async (scene) => {
		await scene.queues();
		const ana = await scene.comes('ana');
		await scene.join(ana, scene.both);
		const order = await scene.threeWait();
		return { operator: ana, order, act: () => ana.presence('available') };
	},

	'chat ended': async (scene) => {
		await scene.queues();
		const { operator, chat } = await scene.isFull('ana');
		const order = await scene.threeWait();
		return { operator, order, act: () => scene.customerEnds(chat) };
	},

	'wrap-up written': async (scene) => {
		await scene.queues();
		await scene.sql('update chat.queue set wrap_up_s = 600 where queue = $1', [scene.urgent]);
		const { operator, chat } = await scene.isFull('ana', { queue: scene.urgent });
		const order = await scene.threeWait();
		await operator.end(chat);
		await scene.sql('update chat.queue set wrap_up_s = 0');
		await scene.wait(...order);
		return { operator, order, act: () => operator.call('POST', `operator/chats/${chat}/wrap-up`, { disposition: 'done' }) };
	},

	'wrap-up over': async (scene) => {
		await scene.queues();
		await scene.sql('update chat.queue set wrap_up_s = 2 where queue = $1', [scene.urgent]);
		const { operator, chat } = await scene.isFull('ana', { queue: scene.urgent });
		const order = await scene.threeWait();
		await operator.end(chat);
		const due = await scene.instant("select at + interval '2 seconds' from chat.message where chat = $1 and kind = 'ended'", [chat]);
		await scene.sql('update chat.queue set wrap_up_s = 0');
		return { operator, order, due };
	},

	'rating raised': async (scene) => {
		await scene.queues({ skill: SKILL, min_rating: 8 });
		await scene.rate('ana', SKILL, 8);
		const ana = await scene.onDuty('ana');
		await scene.rate('ana', SKILL, 4);
		const order = await scene.threeWait();
		return { operator: ana, order, act: () => scene.rate('ana', SKILL, 9) };
	},

	'queue joined': async (scene) => {
		await scene.queues();
		const ana = await scene.onDuty('ana', []);
		const order = await scene.threeWait();
		return { operator: ana, order, act: () => scene.join(ana, scene.both) };
	},

	'hours opened': async (scene) => {
		await scene.queues({ after_hours: 'hold', time_zone: 'Asia/Kathmandu' });
		const order = await scene.threeWait();
		// from now on it has hours, which begin two seconds from now by the clock on its own wall
		const [{ opens }] = await scene.sql("select (clock_timestamp() + interval '2 seconds')::text as opens");
		await scene.sql(`insert into chat.opening_hours (queue, weekday, opens, closes)
			select q, extract(isodow from o), o::time, (o + interval '6 hours')::time from unnest($1::text[]) q, (select $2::timestamptz at time zone 'Asia/Kathmandu') x (o)`,
		[scene.both, opens]);
		const ana = await scene.onDuty('ana');
		return { operator: ana, order, due: await scene.instant('select $1::timestamptz', [opens]) };
	},

	'a closed day struck out': async (scene) => {
		await scene.queues({ after_hours: 'hold', time_zone: 'America/New_York' });
		const order = await scene.threeWait();
		await scene.sql(`insert into chat.opening_exception (queue, day)
			select q, (clock_timestamp() at time zone 'America/New_York')::date + n from unnest($1::text[]) q, generate_series(0, 1) n`, [scene.both]);
		const ana = await scene.onDuty('ana');
		await scene.wait(...order);
		return { operator: ana, order, act: () => scene.sql('delete from chat.opening_exception where queue = any ($1)', [scene.both]) };
	},

	'relaxation: a lower minimum': async (scene) => {
		await scene.queues({ skill: SKILL, min_rating: 8 });
		await scene.sql('insert into chat.relaxation (queue, after_s, skill, min_rating) values ($1, 2, $2, 3)', [scene.line, SKILL]);
		await scene.rate('chloe', SKILL, 9);
		await scene.isFull('chloe'); // she keeps the first circle from opening at once
		await scene.rate('ana', SKILL, 4); // enough for the wider circle: she may join
		const ana = await scene.onDuty('ana', [scene.line]);
		const order = [await scene.arrives(), await scene.arrives()];
		return { operator: ana, order, due: await scene.instant("select arrived_at + interval '2 seconds' from chat.chat where chat = $1", [order[0]]) };
	},

	'relaxation: another queue': async (scene) => {
		await scene.queues();
		await scene.sql('insert into chat.relaxation (queue, after_s, extra_queue) values ($1, 2, $2)', [scene.line, scene.urgent]);
		await scene.isFull('chloe', { queues: [scene.line] });
		const ana = await scene.onDuty('ana', [scene.urgent]);
		const order = [await scene.arrives(), await scene.arrives()];
		return { operator: ana, order, due: await scene.instant("select arrived_at + interval '2 seconds' from chat.chat where chat = $1", [order[0]]) };
	},

	'offer declined': async (scene) => {
		await scene.queues();
		const { operator: chloe, chat: hers } = await scene.isFull('chloe');
		const ana = await scene.onDuty('ana');
		const declined = await scene.arrives();
		const offer = await scene.nextOffer(ana, declined);
		const order = await scene.threeWait();
		const after = async () => {
			await scene.wait(declined); // not to her again while somebody else is on duty
			await chloe.end(hers);
			await scene.serves(chloe, [declined]);
		};
		return { operator: ana, order, act: () => ana.decline(offer), after };
	},

	'offer expired': async (scene) => {
		await scene.queues();
		const { operator, chat } = await scene.isFull('ana');
		const order = await scene.threeWait();
		const due = await misses(scene, operator, chat, order[0]);
		return { operator, order, due };
	},

	'penalty over': async (scene) => {
		await scene.queues();
		await scene.set('missed_offer_penalty_s', 2);
		const { operator, chat } = await scene.isFull('ana');
		const order = await scene.threeWait();
		const expires = await misses(scene, operator, chat, order[0]);
		return { operator, order, due: expires + 2000 };
	},

	'stagger over': async (scene) => {
		await scene.queues();
		const { operator, chat } = await scene.isFull('ana');
		const [urgent, first] = await scene.threeWait();
		await scene.set('stagger_s', 3);
		await scene.customerEnds(chat);
		const offer = await scene.nextOffer(operator, urgent);
		await scene.serves(operator, [urgent], offer);
		return { operator, order: [first], due: (await scene.offeredAt(offer)) + 3000 };
	},
};

// His chat ends, the first in line is held out to him and he does not answer; gives back when that offer runs out. Only this one does.
async function misses(scene, operator, chat, first) {
	await scene.sql('update chat.queue set offer_timeout_s = 3 where queue = $1', [scene.urgent]);
	await scene.customerEnds(chat);
	const { offer } = await scene.nextOffer(operator, first);
	await scene.sql('update chat.queue set offer_timeout_s = 600 where queue = $1', [scene.urgent]);
	return scene.instant('select expires_at from chat.offer where offer = $1', [offer]);
}
