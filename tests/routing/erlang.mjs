// SPDX-License-Identifier: ISC
// What queueing theory says of chats that arrive at random, last exponentially long and are served in their order: exact formulas.
//
// B: A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges" (1917), in its recursive form.
// C: the same paper; waiting of those who wait is exponential with the rate at which all servers together get free beyond what comes.
// A (customers give up after an exponential time): C. Palm, "Research on telephone traffic carried by full availability groups" (1946, in English 1957);
//    S. Zeltyn and A. Mandelbaum, "Call centers with impatient customers: many-server asymptotics of the M/M/n+G queue", Queueing Systems 51 (2005), section 2:
//    the density of the wait that is offered to an arrival is λ·π(n−1)·exp(λ∫₀ˣ G(u)du − nμx), G(u) = the share that has more patience than u.

// Share of arrivals that find n servers busy where nobody waits; `load` in Erlang.
export function erlangB(n, load) {
	let share = 1;
	for (let k = 1; k <= n; k++) share = load * share / (k + load * share);
	return share;
}

// { wait: share of arrivals that wait, mean_s: mean wait of all, within(t): share that waits t seconds at most }
export function erlangC({ operators: n, load, aht_s }) {
	const lost = erlangB(n, load);
	const wait = n * lost / (n - load * (1 - lost));
	const rate = (n - load) / aht_s;
	return { wait, mean_s: wait / rate, within: (t) => 1 - wait * Math.exp(-rate * t) };
}

// { abandon: share that gives up, within(t): share of all arrivals that is served and has waited t seconds at most }
export function erlangA({ operators: n, load, aht_s, patience_s }) {
	const arrival = load / aht_s;
	const service = n / aht_s;
	const staying = (x) => Math.exp(-x / patience_s);
	const offered = (x) => Math.exp(arrival * patience_s * (1 - staying(x)) - service * x); // the density's shape
	let end = aht_s;
	while (offered(end) > 1e-14) end *= 2; // beyond there is nothing left
	const busy = integral(offered, 0, end);
	const all = 1 / erlangB(n - 1, load); // the states below n, with state n − 1 as 1
	const share = arrival / (all + arrival * busy);
	const served = (t) => all / (all + arrival * busy) + share * integral((x) => offered(x) * staying(x), 0, t);
	return { abandon: 1 - served(end), within: served };
}

// Simpson's rule, fine enough for ten digits here.
function integral(f, from, to, steps = 20000) {
	const width = (to - from) / steps;
	let sum = f(from) + f(to);
	for (let i = 1; i < steps; i++) sum += f(from + i * width) * (i % 2 ? 4 : 2);
	return sum * width / 3;
}
