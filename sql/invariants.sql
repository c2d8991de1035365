-- SPDX-License-Identifier: ISC
-- What must not exist. Each query gives back the violations of the sentence above it; none at all is healthy. Safe to run at any time (one snapshot each).

-- name: seq of every chat is 1..last_seq without a gap
select n.chat, n.last_seq, m.count, m.low, m.high
from chat.chat_counter n
left join lateral (select count(*), min(seq) as low, max(seq) as high from chat.message m where m.chat = n.chat) m on true
where n.last_seq <> m.count or (m.count > 0 and (m.low <> 1 or m.high <> n.last_seq));

-- name: every message belongs to a chat that is there
select m.chat, m.seq from chat.message m where not exists (select from chat.chat_counter n where n.chat = m.chat);

-- name: a chat that came by a channel has somebody at the other end, unless it was erased, and no other has
select c.chat, c.channel, n.by_channel, k.account from chat.chat c join chat.chat_counter n on n.chat = c.chat left join chat.channel_chat k on k.chat = c.chat
where (c.channel <> 'web') <> n.by_channel or (c.channel <> 'web' and c.erased_at is null) <> (k.chat is not null);

-- name: a customer of a channel has one open chat
select k.account, k.address, count(*) from chat.channel_chat k join chat.chat c on c.chat = k.chat
where c.state in ('bot', 'queued', 'offered', 'active') group by 1, 2 having count(*) > 1;

-- name: what operators and bots say in a chat that came by a channel is sent, or it is known why not
select m.chat, m.seq from chat.channel_chat k join chat.message m on m.chat = k.chat
where m.kind in ('message', 'bot_message') and m.author_kind in ('operator', 'bot') and m.body is not null
  and not exists (select from chat.channel_sent s where s.chat = m.chat and s.seq = m.seq);

-- name: what waits to be sent by a channel is in the outbox
select s.item from chat.channel_sent s left join chat.outbox o on o.item = s.item where s.state = 'queued' and (o.item is null or o.finished_at is not null);

-- name: nobody has got or read what is not stored
select d.chat, d.party, d.got, d.read, n.last_seq from chat.delivery d join chat.chat_counter n on n.chat = d.chat where d.got > n.last_seq or d.read > d.got;

-- name: every chat has its counter and its access row, one that was erased the counter alone
select c.chat from chat.chat c
left join chat.chat_counter n on n.chat = c.chat left join chat.chat_access a on a.chat = c.chat
where n.chat is null or (a.chat is null) <> (c.erased_at is not null);

-- name: a person has one open chat on a site
select c.site, c.person, count(*) from chat.chat c where c.person is not null and c.ended_at is null and c.state <> 'wrap_up' group by 1, 2 having count(*) > 1;

-- name: a message is stored once (chat, author, cid)
select chat, author_kind, author, cid, count(*) from chat.message where cid is not null group by 1, 2, 3, 4 having count(*) > 1;

-- name: the waiting list holds exactly the chats in state queued
select coalesce(c.chat, w.chat) as chat, c.state from (select * from chat.chat where state = 'queued') c full join chat.waiting w on w.chat = c.chat
where c.chat is null or w.chat is null or c.queue <> w.queue or c.arrived_at <> w.arrived_at;

-- name: a waiting chat carries exactly the operators who declined it
select w.chat from chat.waiting w
where w.declined <> array(select d.operator::text from chat.chat_decline d where d.chat = w.chat order by d.operator);

-- name: an offered chat has one open offer, an active one at most one and that a transfer by its owner, any other has none (I3)
select c.chat, c.state, o.open, o.foreign from chat.chat c
cross join lateral (select count(*) as open, count(*) filter (where o.kind = 'transfer') as transfers, count(*) filter (where o.kind = 'transfer' and not exists (
		select from chat.assignment a where a.chat = c.chat and a.operator = o.from_operator and a.ended_at is null)) as foreign
	from chat.offer o where o.chat = c.chat and o.state = 'open') o
where case c.state when 'offered' then o.open <> 1 or o.transfers > 0 when 'active' then o.open > 1 or o.transfers <> o.open or o.foreign > 0 else o.open > 0 end;

-- name: an active chat or one in wrap-up has one owner, any other has none (I3, I6)
select c.chat, c.state, a.open from chat.chat c
cross join lateral (select count(*) as open from chat.assignment a where a.chat = c.chat and a.ended_at is null) a
where (c.state in ('active', 'wrap_up')) <> (a.open = 1);

-- name: no two assignments of one chat overlap in time
select a.chat, a.assignment, b.assignment as other from chat.assignment a join chat.assignment b
	on b.chat = a.chat and b.assignment > a.assignment and b.started_at < coalesce(a.ended_at, 'infinity');

-- name: the load of an operator is what he holds and what is held out to him, chats of silent customers apart (C12)
select s.operator, s.load, x.held from chat.operator_state s
cross join lateral (select (select count(*) from chat.offer o where o.operator = s.operator and o.state = 'open')
	+ (select count(*) from chat.assignment a where a.operator = s.operator and a.ended_at is null and a.idle_since is null)
	+ (select count(*) from chat.filing f where f.operator = s.operator) as held) x
where s.load <> x.held;

-- name: every assignment stands on an accepted offer of the same chat to the same operator (I7)
select a.assignment from chat.assignment a left join chat.offer o on o.offer = a.offer
where o.offer is null or o.state <> 'accepted' or o.chat <> a.chat or o.operator <> a.operator;

-- name: what is over has its end, a chat with people its queue, and a transfer who gave it
select c.chat::text as id, c.state::text from chat.chat c
where (c.state in ('ended', 'abandoned')) <> (c.ended_at is not null) or (c.state not in ('bot', 'ended', 'abandoned') and (c.queue is null or c.arrived_at is null))
union all
select o.offer::text, o.state from chat.offer o
where (o.state = 'open') <> (o.closed_at is null) or (o.kind = 'transfer' and o.from_operator is null)
   or o.from_operator is not null and not exists (select from chat.operator p where p.operator = o.from_operator);

-- name: an offer is of a chat, an operator and a queue that are there
select o.offer from chat.offer o
where not exists (select from chat.chat c where c.chat = o.chat) or not exists (select from chat.operator p where p.operator = o.operator)
   or not exists (select from chat.queue q where q.queue = o.queue);

-- name: no assignment begins after its offer had expired (G9)
select a.assignment from chat.assignment a join chat.offer o on o.offer = a.offer where a.started_at > o.expires_at;

-- name: the router offered no chat to who had declined it while another one on duty had not (I5: a later decline is no violation)
select o.offer from chat.offer o join chat.chat_decline d on d.chat = o.chat and d.operator = o.operator
where o.kind = 'routed' and d.declined_at < o.offered_at and o.why ->> 'fresh' is distinct from '0';

-- name: whom the router holds able to take chats has joined the queue, or one that relaxation adds, may be there and has the skills (I1)
-- What the router has worked out holds for the instant fresh_at, unless a change has left its mark since.
select a.operator, a.need, n.queue, n.asked, n.relaxed_s
from internal.able a join internal.need n on n.need = a.need cross join internal.routing_rule r
where not exists (select from internal.stale) and not exists (
	select from chat.operator o join chat.operator_queue j on j.operator = o.operator join chat.queue q on q.queue = j.queue
	where o.operator = a.operator and o.active and q.active
	  and (q.queue = n.queue or exists (select from chat.relaxation x where x.queue = n.queue and x.extra_queue = q.queue and x.after_s <= n.relaxed_s))
	  and (not exists (select from chat.queue_member m where m.queue = q.queue)
		or exists (select from chat.queue_member m where m.queue = q.queue and m.operator = o.operator))
	  and not exists (
		select from (
			select s.skill, s.min_rating from chat.queue_skill s where s.queue = q.queue and s.required
			union all select w.skill, w.min_rating from jsonb_to_recordset(n.asked) as w (skill text, required boolean, min_rating int) where w.required) d
		left join lateral (select x.after_s, x.min_rating from chat.relaxation x
			where q.queue = n.queue and x.queue = n.queue and x.skill = d.skill and x.after_s <= n.relaxed_s order by x.after_s desc limit 1) x on true
		where (x.after_s is null or x.min_rating is not null) and not exists (select from chat.operator_skill k
			where k.operator = o.operator and k.skill = d.skill and k.rating >= least(d.min_rating, x.min_rating)
			  and coalesce(k.valid_from, '-infinity') <= r.fresh_at and coalesce(k.valid_to, 'infinity') > r.fresh_at)));

-- name: the record of a decision begins with who got the offer (I1, I7)
select o.offer, o.candidates[1] as candidate from chat.offer o
where o.kind = 'routed' and o.candidates is not null and (o.candidates[1]).place is distinct from 1;

-- name: no operator held his cap or more when an offer was made (I2)
select o.offer, o.operator, o.why from chat.offer o where (o.why ->> 'load')::int >= (o.why ->> 'cap')::int;

-- name: two offers to an operator are a stagger interval apart (I4: people may hold a chat out to him at any time, also at the instant of the router's)
-- (of one instant the one with the longer interval came first: it would have kept back the other)
select o.offer, o.operator, o.earlier, o.offered_at
from (select x.*, lag(x.offered_at) over (partition by x.operator order by x.offered_at, x.kind <> 'routed', (x.why ->> 'stagger_s')::int desc) as earlier from chat.offer x) o
where o.offered_at < o.earlier + (o.why ->> 'stagger_s')::int * interval '1 second';

-- name: every operator has a state row, and nobody else
select coalesce(o.operator, s.operator) as operator from chat.operator o full join chat.operator_state s on s.operator = o.operator where o.operator is null or s.operator is null;

-- name: a chat that is over says when, by whom and why, and its transcript ends with it
select c.chat from chat.chat c
where c.state in ('ended', 'abandoned') and (c.ended_by is null or not exists (select from chat.message m where m.chat = c.chat and m.kind = 'ended'));

-- name: no message of a party stands behind the end of its chat
select m.chat, m.seq from chat.message m join chat.message e on e.chat = m.chat and e.kind = 'ended'
where m.seq > e.seq and m.kind in ('message', 'bot_message');

-- (of chats that are older than the audit is kept nothing can be said)

-- name: every change of state left its audit row (C13)
select c.chat, c.state from chat.chat c
where c.created_at > internal.limit_of('audit_days', now()) and c.state is distinct from coalesce(
	(select a.new ->> 'state' from chat.audit a where a.object = 'chat' and a.key = c.chat::text and a.action = 'state' order by a.audit desc limit 1),
	case when c.bot is null then 'queued' else 'bot' end);

-- name: the changes of state of a chat follow each other in the audit, from where it began and to one end (C11, C13)
select x.chat, x.audit, x.before, x.after from (
	select c.chat, a.audit, a.old ->> 'state' as before, a.new ->> 'state' as after,
		lag(a.new ->> 'state') over (partition by c.chat order by a.audit) as due
	from chat.chat c join chat.audit a on a.object = 'chat' and a.key = c.chat::text and a.action = 'state' where c.created_at > internal.limit_of('audit_days', now())) x
where x.before in ('ended', 'abandoned') or case when x.due is null then x.before not in ('bot', 'queued') else x.before is distinct from x.due end;

-- name: every assignment left an audit row when it began and one when it ended (G16, C13)
select c.chat, n.begun, n.ended, a.begun as audited_begun, a.ended as audited_ended from chat.chat c
cross join lateral (select count(*) as begun, count(ended_at) as ended from chat.assignment where chat = c.chat) n
cross join lateral (select count(*) filter (where action = 'assigned') as begun, count(*) filter (where action = 'assignment ended') as ended
	from chat.audit where object = 'chat' and key = c.chat::text) a
where c.created_at > internal.limit_of('audit_days', now()) and (n.begun <> a.begun or n.ended <> a.ended);

-- name: a chat whose customer is silent was released after it began, and waits for a word only
select a.assignment from chat.assignment a where a.idle_since < a.started_at or (a.idle_since is not null and a.idle_check_at is not null);

-- name: only a chat that is with a bot, or ended there, has a question open
select c.chat, c.state, c.bot_question from chat.chat c
where c.state not in ('bot', 'ended', 'abandoned') and (c.bot_question is not null or c.bot_hands_over);

-- name: every transfer that failed is told in the transcript, every one that succeeded changed the owner (I7)
select o.offer, o.state from chat.offer o
where o.kind = 'transfer' and case o.state
	when 'accepted' then not exists (select from chat.assignment a where a.offer = o.offer)
		or not exists (select from chat.assignment a where a.chat = o.chat and a.operator = o.from_operator and a.ended_at = o.closed_at)
	when 'open' then false
	else not exists (select from chat.message m where m.chat = o.chat and m.at >= o.closed_at and m.kind in ('transfer_failed', 'ended')) end;

-- name: a lane of the outbox is there exactly while it has items that are not finished, and counts them
select coalesce(l.lane, o.lane) as lane, l.depth, o.count from chat.outbox_lane l
full join (select lane, count(*) from chat.outbox where finished_at is null group by lane) o on o.lane = l.lane
where l.depth is distinct from o.count;

-- name: of a lane only the first item is under way
select o.item, o.lane from chat.outbox o
where o.state = 'sending' and exists (select from chat.outbox e where e.lane = o.lane and e.position < o.position and e.finished_at is null);

-- name: a lane that nobody sends comes when its first item is due
select l.lane, l.due_at, h.next_try_at from chat.outbox_lane l
cross join lateral (select o.state, o.next_try_at from chat.outbox o where o.lane = l.lane and o.finished_at is null order by o.position limit 1) h
where not l.sending and h.state = 'queued' and l.due_at <> h.next_try_at;

-- name: a dead letter says why it is dead, and nothing else does
select o.item, o.state, o.last_reason, o.given_up from chat.outbox o
where (o.given_up is not null) <> (o.state = 'dead') or (o.last_reason is null) <> (o.last_error is null) or (o.state = 'dead' and o.last_reason is null);

-- name: an external bot has a claim to a chat exactly while the chat is with it
select c.chat, c.state, c.bot_left_at, l.bot from chat.chat c join chat.bot b on b.bot = c.bot left join chat.bot_lease l on l.chat = c.chat
where (l.chat is not null) <> (c.state = 'bot' and b.kind <> 'built_in' and c.bot_left_at is null) or l.bot <> c.bot;

-- name: the silence of the chats that run is minded, of no others
select coalesce(c.chat, s.chat) as chat, c.state from (select * from chat.chat where state in ('active', 'bot')) c full join internal.silence s on s.chat = c.chat
where c.chat is null or s.chat is null;

-- name: the customers of all open chats of the web are watched
select c.chat, c.state from chat.chat c where c.channel = 'web' and c.state in ('bot', 'queued', 'offered', 'active')
and not exists (select from internal.customer_watch w where w.chat = c.chat);

-- name: a reminder comes once in a silence
select m.chat, m.data from chat.message m where m.kind = 'reminder' and m.data ? 'since' group by m.chat, m.data having count(*) > 1;

-- name: only a chat that is over, or in its wrap-up, is filed under something, or one that an operator has ended and its bot went on with
select c.chat, c.state, c.filed_under from chat.chat c where c.filed_under is not null and c.state not in ('wrap_up', 'ended')
  and not exists (select from chat.message m where m.chat = c.chat and m.kind = 'left' and m.data ->> 'reason' = 'ended');

-- name: only a bot has the last word, after an operator whose part is over
select c.chat, c.state, c.closing_until from chat.chat c
where c.closing_until is not null and (c.state <> 'bot' or not exists (select from chat.assignment a where a.chat = c.chat and a.ended_at is not null));

-- name: who files a chat that its bot went on with has had it last before
select f.chat, f.operator from chat.filing f
where not exists (select from chat.assignment a where a.chat = f.chat and a.operator = f.operator and a.ended_at is not null);

-- name: every word a phrase is found by is known as a word
select w.locale, w.word, w.phrase from internal.phrase_word w where not exists (select from internal.phrase_vocabulary v where v.locale = w.locale and v.word = w.word);
