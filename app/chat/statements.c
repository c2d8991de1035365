/* SPDX-License-Identifier: ISC */
#include "chat/statements.h"

/* ---- customers ---------------------------------------------------------------------------------------------- */

/* origin → listed: by a site that is active */
const struct statement STATEMENT_ORIGIN_IS_LISTED = { "origin_is_listed", "select listed from api.origin_is_listed($1::text)", 1 };
/* widget, Accept-Language or a locale (may be NULL), foreign origin (NULL when absent or our own), relay URL → body, etag */
const struct statement STATEMENT_WIDGET_CONFIG = { "widget_config", "select body, etag from api.widget_config($1::text, $2::text, $3::text, $4::text)", 4 };
/* widget, origin → body */
const struct statement STATEMENT_WIDGET_STATUS = { "widget_status", "select body from api.widget_status($1::text, $2::text)", 2 };
/* widget → origins (space separated, for frame-ancestors), title */
const struct statement STATEMENT_WIDGET_FRAME = { "widget_frame", "select origins, title from api.widget_frame($1::text)", 1 };
/* chat (proposed id), token hash, request_key hash, hash of the canonical request body, widget, origin, queue, name, email, locale, page_url, referrer,
 * answers (JSON object text), context (JSON object text), client address, relay URL, what a signed identity says ({sub, secret, name?, email?}) or NULL, resume (the
 * chat is there: a further token for the person whose it is), hash of the token of a chat that the customer has already (or NULL), whether the address is exempt from
 * limits, whether it asks often
 * → chat (the stored one: another than proposed on a repeat), token_hash (of the token it has, in hex), created, body */
const struct statement STATEMENT_OPEN_CHAT = { "open_chat",
	"select chat, encode(token_hash, 'hex') as token_hash, created, body from api.open_chat($1::uuid, $2::bytea, $3::bytea, $4::bytea, $5::text, $6::text, $7::text,"
	" $8::text, $9::text, $10::text, $11::text, $12::text, $13::jsonb, $14::jsonb, $15::inet, $16::text, $17::jsonb, $18::boolean, $19::bytea,"
	" $20::boolean, $21::boolean)", 21 };
/* the same, and the hash of an invitation's code; queue, name, e-mail, answers and context are those of the note. Raises not_found, gone (field invitation). */
const struct statement STATEMENT_OPEN_INVITED = { "open_invited",
	"select chat, encode(token_hash, 'hex') as token_hash, created, body from api.open_invited($1::uuid, $2::bytea, $3::bytea, $4::bytea, $5::text, $6::text, $7::text,"
	" $8::text, $9::text, $10::text, $11::text, $12::text, $13::jsonb, $14::jsonb, $15::inet, $16::text, $17::jsonb, $18::boolean, $19::bytea,"
	" $20::boolean, $22::bytea, $21::boolean)", 22 };
/* widget, origin → site, secret_1, secret_2 (NULL: none), now_s, tolerance_s: what a signed identity is held against */
const struct statement STATEMENT_IDENTITY_TERMS = { "identity_terms",
	"select site, secret_1, secret_2, now_s, tolerance_s from api.identity_terms($1::text, $2::text)", 2 };
/* chat, token hash, origin → body (the same three begin every customer verb) */
const struct statement STATEMENT_CHAT_VIEW = { "chat_view", "select body from api.chat_view($1::uuid, $2::bytea, $3::text)", 3 };
/* …, after seq, limit → body */
const struct statement STATEMENT_CHAT_EVENTS = { "chat_events", "select body from api.chat_events($1::uuid, $2::bytea, $3::text, $4::bigint, $5::int)", 5 };
/* chat, credential (token hash or session hash), origin, kind 'message'|'note', cid, body, choice, whose route ('customer'|'operator') → seq, body (NULL = as sent) */
const struct statement STATEMENT_POST_MESSAGE = { "post_message",
	"select seq, body from api.post_message($1::uuid, $2::bytea, $3::text, $4::text, $5::uuid, $6::text, $7::text, $8::text)", 8 };
/* chat, token hash, origin (or session, chat), got up to, read up to (0: nothing) → body {marks} */
const struct statement STATEMENT_CUSTOMER_MARKS = { "customer_marks", "select body from api.customer_marks($1::uuid, $2::bytea, $3::text, $4::bigint, $5::bigint)", 5 };
const struct statement STATEMENT_OPERATOR_MARKS = { "operator_marks", "select body from api.operator_marks($1::bytea, $2::uuid, $3::bigint, $4::bigint)", 4 };
/* …, queue or NULL → body */
const struct statement STATEMENT_ASK_PERSON = { "ask_person", "select body from api.ask_person($1::uuid, $2::bytea, $3::text, $4::text, $5::jsonb)", 5 };
const struct statement STATEMENT_CUSTOMER_END = { "customer_end", "select body from api.customer_end($1::uuid, $2::bytea, $3::text)", 3 };
/* …, score, comment → body */
const struct statement STATEMENT_RATE_CHAT = { "rate_chat", "select body from api.rate_chat($1::uuid, $2::bytea, $3::text, $4::int, $5::text)", 5 };
/* … → body: {chat, events:[…]}; C renders text and HTML from it */
const struct statement STATEMENT_TRANSCRIPT = { "transcript", "select body from api.transcript($1::uuid, $2::bytea, $3::text)", 3 };

/* …, e-mail address or NULL (that of the chat) → body {email}. Raises conflict (mail, email, chat), invalid, rate_limited. */
const struct statement STATEMENT_MAIL_TRANSCRIPT = { "mail_transcript", "select body from api.mail_transcript($1::uuid, $2::bytea, $3::text, $4::text)", 4 };
/* request_key hash, hash of the canonical request body, widget, origin, queue, name, email, body, locale, page_url, client address, what a signed identity says or
 * NULL, whether the address is exempt from limits → created, body {reference} */
const struct statement STATEMENT_LEAVE_NOTE = { "leave_note",
	"select created, body from api.leave_note($1::bytea, $2::bytea, $3::text, $4::text, $5::text, $6::text, $7::text, $8::text, $9::text, $10::text, $11::inet,"
	" $12::jsonb, $13::boolean)", 13 };

/* …, widget whose site vouches, what the signed identity says → body {chat} */
const struct statement STATEMENT_IDENTIFY_CHAT = { "identify_chat", "select body from api.identify_chat($1::uuid, $2::bytea, $3::text, $4::text, $5::jsonb)", 5 };

/* ---- channels ----------------------------------------------------------------------------------------------- */

/* channel, account → secret_1, secret_2, verify_1, verify_2 (NULL: none), now_s, tolerance_s: what a webhook is held against */
const struct statement STATEMENT_CHANNEL_TERMS = { "channel_terms",
	"select secret_1, secret_2, verify_1, verify_2, now_s, tolerance_s from api.channel_terms($1::text, $2::text)", 2 };
/* channel, account, what came (JSON object text), item that a status is about (or NULL), which secret signed it, our URL of this webhook → body: what became of it */
const struct statement STATEMENT_CHANNEL_TAKE = { "channel_take",
	"select body from api.channel_take($1::text, $2::text, $3::jsonb, $4::uuid, $5::int, $6::text)", 6 };
/* account, kind, secret → slot */
const struct statement STATEMENT_ADD_CHANNEL_SECRET = { "add_channel_secret", "select slot from api.add_channel_secret($1::text, $2::text, $3::text)", 3 };
/* account, kind, also the only one → slot, remaining */
const struct statement STATEMENT_RETIRE_CHANNEL_SECRET = { "retire_channel_secret",
	"select slot, remaining from api.retire_channel_secret($1::text, $2::text, $3::boolean)", 3 };

/* ---- operators ---------------------------------------------------------------------------------------------- */

/* operator, address, exempt from the limit per address → wait_ms (more than 0: too many failures; nothing was counted), hash (NULL: no such operator, inactive or
 * no password). Counts as a failure until STATEMENT_LOGIN says otherwise. */
const struct statement STATEMENT_LOGIN_LOOKUP = { "login_lookup", "select wait_ms, hash from api.login_lookup($1::text, $2::inet, $3::boolean)", 3 };
/* operator, session hash, address, user agent, the hash that the password was found right against, the second step: half minute or NULL, hash of a recovery code
 * or NULL → body {operator:{…}, enrolling?}. Raises unauthorized; with field totp where the code was used before. */
const struct statement STATEMENT_LOGIN = { "login",
	"select body from api.login($1::text, $2::bytea, $3::inet, $4::text, $5::text, $6::bigint, $7::bytea)", 7 };
/* operator → secret (sealed; NULL: no second step), last_step, now_s. Raises rate_limited. Called only after the password was found right. */
const struct statement STATEMENT_TOTP_LOOKUP = { "totp_lookup", "select secret, last_step, now_s from api.totp_lookup($1::text)", 1 };
/* a sealed secret, the same one sealed with the key that holds now */
const struct statement STATEMENT_TOTP_RESEAL = { "totp_reseal", "select api.totp_reseal($1::bytea, $2::bytea)", 2 };
/* operator, address: a wrong code behind a right password */
const struct statement STATEMENT_TOTP_REFUSED = { "totp_refused", "select api.totp_refused($1::text, $2::inet)", 2 };
/* whom the web server names, address → known; who is not is in the audit */
const struct statement STATEMENT_SSO_LOOKUP = { "sso_lookup", "select known from api.sso_lookup($1::text, $2::inet)", 2 };
/* as login, but the fifth: whether the second step is asked for */
const struct statement STATEMENT_LOGIN_SSO = { "login_sso",
	"select body from api.login_sso($1::text, $2::bytea, $3::inet, $4::text, $5::boolean, $6::bigint, $7::bytea)", 7 };
/* operator (as typed), address: the audit row of a refused login */
const struct statement STATEMENT_LOGIN_FAILED = { "login_failed", "select api.login_failed($1::text, $2::inet)", 2 };
/* session hash → body */
const struct statement STATEMENT_SESSION_VIEW = { "session_view", "select body from api.session_view($1::bytea)", 1 };
/* session, requeue: queue his chats again instead of refusing (conflict with `chats`) */
const struct statement STATEMENT_LOGOUT = { "logout", "select api.logout($1::bytea, $2::boolean)", 2 };
/* session, ticket hash, origin → expires_in_s */
const struct statement STATEMENT_MAKE_TICKET = { "make_ticket", "select expires_in_s from api.make_ticket($1::bytea, $2::bytea, $3::text)", 3 };
/* session → body {operator, name, password, totp} */
const struct statement STATEMENT_ACCOUNT = { "account", "select body from api.account($1::bytea)", 1 };
/* session → body {sessions:[…]} */
const struct statement STATEMENT_MY_SESSIONS = { "my_sessions", "select body from api.my_sessions($1::bytea)", 1 };
/* session, which of his own or NULL (all others) → body {ended} */
const struct statement STATEMENT_END_SESSION = { "end_session", "select body from api.end_session($1::bytea, $2::uuid)", 2 };
/* a supervisor's session, operator → body */
const struct statement STATEMENT_END_SESSIONS_OF = { "end_sessions_of", "select body from api.end_sessions_of($1::bytea, $2::text)", 2 };
const struct statement STATEMENT_RESET_TOTP_OF = { "reset_totp_of", "select body from api.reset_totp_of($1::bytea, $2::text)", 2 };
/* session → operator, hash (NULL: no password), enrolling */
const struct statement STATEMENT_MY_PASSWORD = { "my_password", "select operator, hash, enrolling from api.my_password($1::bytea)", 1 };
/* session, the hash that the old password was found right against, the new one's → body {changed_at} */
const struct statement STATEMENT_CHANGE_PASSWORD = { "change_password", "select body from api.change_password($1::bytea, $2::text, $3::text)", 3 };
/* session, 'password' or 'totp', address: what was wrong with a change of his account */
const struct statement STATEMENT_ACCOUNT_REFUSED = { "account_refused", "select api.account_refused($1::bytea, $2::text, $3::inet)", 3 };
/* hash of a link's token → body {operator, name, purpose, expires_at}, no row: no such link */
const struct statement STATEMENT_LINK_VIEW = { "link_view", "select body from api.link_view($1::bytea)", 1 };
/* hash of a link's token, crypt(3) hash, address → body {operator}. The link is used up. */
const struct statement STATEMENT_USE_LINK = { "use_link", "select body from api.use_link($1::bytea, $2::text, $3::inet)", 3 };
/* session, sealed secret → operator */
const struct statement STATEMENT_TOTP_BEGIN = { "totp_begin", "select operator from api.totp_begin($1::bytea, $2::bytea)", 2 };
/* session, the one that counts or the one to be confirmed → secret, last_step, now_s. Raises conflict, rate_limited. */
const struct statement STATEMENT_MY_TOTP = { "my_totp", "select secret, last_step, now_s from api.my_totp($1::bytea, $2::boolean)", 2 };
/* session, the sealed secret that the code was right for, its half minute, hashes of recovery codes → confirmed_at */
const struct statement STATEMENT_TOTP_CONFIRM = { "totp_confirm", "select confirmed_at from api.totp_confirm($1::bytea, $2::bytea, $3::bigint, $4::bytea[])", 4 };
/* session, half minute or NULL, hash of a recovery code or NULL → operator. Raises invalid with field totp where it was used before. */
const struct statement STATEMENT_TOTP_OFF = { "totp_off", "select operator from api.totp_off($1::bytea, $2::bigint, $3::bytea)", 3 };
/* the same, hashes of the new recovery codes → operator */
const struct statement STATEMENT_TOTP_NEW_CODES = { "totp_new_codes", "select operator from api.totp_new_codes($1::bytea, $2::bigint, $3::bytea, $4::bytea[])", 4 };
const struct statement STATEMENT_MY_QUEUES = { "my_queues", "select body from api.my_queues($1::bytea)", 1 };
/* session, queues as an array literal → body like my_queues */
const struct statement STATEMENT_JOIN_QUEUES = { "join_queues", "select body from api.join_queues($1::bytea, $2::text[])", 2 };
/* session, state, reason → body */
const struct statement STATEMENT_SET_PRESENCE = { "set_presence", "select body from api.set_presence($1::bytea, $2::text, $3::text)", 3 };
/* session → body {chats, offers}; renews the operator's lease */
const struct statement STATEMENT_MY_CHATS = { "my_chats", "select body from api.my_chats($1::bytea)", 1 };
/* session, offer → body {chat} */
const struct statement STATEMENT_ACCEPT_OFFER = { "accept_offer", "select body from api.accept_offer($1::bytea, $2::uuid)", 2 };
/* session, offer, reason → body */
const struct statement STATEMENT_DECLINE_OFFER = { "decline_offer", "select body from api.decline_offer($1::bytea, $2::uuid, $3::text)", 3 };
/* session, chat, after, limit → body */
const struct statement STATEMENT_OPERATOR_EVENTS = { "operator_events", "select body from api.operator_events($1::bytea, $2::uuid, $3::bigint, $4::int)", 4 };
/* session, chat → body */
const struct statement STATEMENT_OPERATOR_END = { "operator_end", "select body from api.operator_end($1::bytea, $2::uuid)", 2 };
/* session, chat or NULL, what was typed or NULL, the operator's language or NULL, limit → body {phrases, locale, more} */
const struct statement STATEMENT_PHRASES = { "phrases", "select body from api.phrases($1::bytea, $2::text, $3::text, $4::text, $5::int)", 5 };
/* session, chat, the operator's language or NULL → body {suggestions, dialogs, dialog, dispositions, …} */
const struct statement STATEMENT_GUIDANCE = { "guidance", "select body from api.guidance($1::bytea, $2::text, $3::text)", 3 };
/* session, chat, dialog, step or NULL, item or NULL, done (NULL without an item), the operator's language or NULL → body {dialogs, dialog} */
const struct statement STATEMENT_GUIDE_CHAT = { "guide_chat",
	"select body from api.guide_chat($1::bytea, $2::uuid, $3::text, $4::text, $5::text, $6::boolean, $7::text)", 7 };
/* session, chat, phrase → body {phrase, uses} */
const struct statement STATEMENT_PHRASE_USED = { "phrase_used", "select body from api.phrase_used($1::bytea, $2::uuid, $3::text)", 3 };
/* session, chat, disposition or NULL, note → body */
const struct statement STATEMENT_WRAP_UP = { "wrap_up", "select body from api.wrap_up($1::bytea, $2::uuid, $3::text, $4::text)", 4 };
/* session, chat, queue or NULL, operator or NULL (one of the two), note or NULL → body {chat} */
const struct statement STATEMENT_TRANSFER_CHAT = { "transfer_chat", "select body from api.transfer_chat($1::bytea, $2::uuid, $3::text, $4::text, $5::text)", 5 };
/* session, chat → body {chat} */
const struct statement STATEMENT_RETURN_TO_BOT = { "return_to_bot", "select body from api.return_to_bot($1::bytea, $2::uuid, $3::text)", 3 };

const struct statement STATEMENT_WITHDRAW_TRANSFER = { "withdraw_transfer", "select body from api.withdraw_transfer($1::bytea, $2::uuid)", 2 };
/* session, chat → body {queues, operators} */
const struct statement STATEMENT_TRANSFER_TARGETS = { "transfer_targets", "select body from api.transfer_targets($1::bytea, $2::uuid)", 2 };
/* a supervisor's session, chat → body {chat} */
const struct statement STATEMENT_TAKE_CHAT = { "take_chat", "select body from api.take_chat($1::bytea, $2::uuid)", 2 };
/* a supervisor's session, chat, queue or NULL, reason or NULL → body {chat} */
const struct statement STATEMENT_REQUEUE_CHAT = { "requeue_chat", "select body from api.requeue_chat($1::bytea, $2::uuid, $3::text, $4::text)", 4 };
/* a supervisor's session, chat, seq, reason or NULL → body {chat, seq, removed} */
const struct statement STATEMENT_REDACT_MESSAGE = { "redact_message", "select body from api.redact_message($1::bytea, $2::uuid, $3::bigint, $4::text)", 4 };
/* session, view (new, mine, open, closed), the last entry of the page before or NULL, limit → body {entries, more, new, mine} */
const struct statement STATEMENT_INBOX = { "inbox", "select body from api.inbox($1::bytea, $2::text, $3::uuid, $4::int)", 4 };
/* session, entry → body {entry}; body {operators} */
const struct statement STATEMENT_INBOX_ENTRY = { "inbox_entry", "select body from api.inbox_entry($1::bytea, $2::uuid)", 2 };
const struct statement STATEMENT_INBOX_PEOPLE = { "inbox_people", "select body from api.inbox_people($1::bytea, $2::uuid)", 2 };
/* session, entry, state (taken, new, done, spam), whose it is to be or NULL → body {entry}. Raises already_taken. */
const struct statement STATEMENT_MOVE_ENTRY = { "move_entry", "select body from api.move_entry($1::bytea, $2::uuid, $3::text, $4::text)", 4 };
/* session, entry, cid, words; for an invitation (else NULL): how its link begins, its code → body {entry}. Raises already_taken, conflict (mail, cid). */
const struct statement STATEMENT_ANSWER_ENTRY = { "answer_entry",
	"select body from api.answer_entry($1::bytea, $2::uuid, $3::uuid, $4::text, $5::text, $6::text)", 6 };
/* a supervisor's session → body {queues, operators, chats, outbox, at} */
const struct statement STATEMENT_BOARD = { "board", "select body from api.board($1::bytea)", 1 };
/* a supervisor's session, language or NULL → body {at, queues} */
const struct statement STATEMENT_RESULTS = { "results", "select body from api.results($1::bytea, $2::text)", 2 };
/* session, report, from, to, queue, by, as CSV, days → body (JSON or CSV) */
const struct statement STATEMENT_REPORT = { "report", "select body from api.report($1::bytea, $2::text, $3::text, $4::text, $5::text, $6::text, $7::boolean, $8::int)", 8 };
/* session, chat that he reads → body {chats}: earlier ones of the same person */
const struct statement STATEMENT_PERSON_CHATS = { "person_chats", "select body from api.person_chats($1::bytea, $2::uuid)", 2 };
/* session, chat that he reads, earlier chat of its person, after, limit → body {events, …} */
const struct statement STATEMENT_PERSON_CHAT_EVENTS = { "person_chat_events",
	"select body from api.person_chat_events($1::bytea, $2::uuid, $3::uuid, $4::bigint, $5::int)", 5 };
/* a supervisor's session, chat, what of its customer (identity, address, email) as an array literal, reason, days or NULL, end the chat → body {blocks, chat} */
const struct statement STATEMENT_BLOCK_CUSTOMER = { "block_customer",
	"select body from api.block_customer($1::bytea, $2::uuid, $3::text[], $4::text, $5::int, $6::boolean)", 6 };
/* a supervisor's session → body {blocks} */
const struct statement STATEMENT_BLOCKS = { "blocks", "select body from api.blocks($1::bytea)", 1 };
/* a supervisor's session, block → body {block} */
const struct statement STATEMENT_LIFT_BLOCK = { "lift_block", "select body from api.lift_block($1::bytea, $2::uuid)", 2 };
/* a supervisor's session → body {waiting, dead, oldest_s, courier, accounts, letters} */
const struct statement STATEMENT_DEAD_LETTERS = { "dead_letters", "select body from api.dead_letters($1::bytea)", 1 };
/* a supervisor's session, letter → body {item}. Raises bad_state: it is not dead. */
const struct statement STATEMENT_SEND_LETTER = { "send_letter", "select body from api.send_letter($1::bytea, $2::uuid)", 2 };
const struct statement STATEMENT_GIVE_UP_LETTER = { "give_up_letter", "select body from api.give_up_letter($1::bytea, $2::uuid)", 2 };
/* a supervisor's session, kind, account → body {items}: how many */
const struct statement STATEMENT_SEND_LETTERS = { "send_letters", "select body from api.send_letters($1::bytea, $2::text, $3::text)", 3 };
/* → ok, body {database, relays, router, …} */
const struct statement STATEMENT_HEALTH = { "health", "select ok, body from api.health()", 0 };
/* → rows (program, instance, metrics): what each program last wrote, with its age, and (both NULL) what the database itself knows */
const struct statement STATEMENT_METRICS = { "metrics", "select program, instance, metrics from api.metrics()", 0 };

/* application name, request id: whom the rest of this transaction is for. Goes before every other statement of the api, in its round trip (conn_serve). */
const struct statement STATEMENT_SERVE = { "serve",
	"select set_config('application_name', $1::text, true), set_config('switchboard.request_id', $2::text, true)", 2 };
/* The same, for a statement that may take 8 s where others have less. */
const struct statement STATEMENT_SERVE_LONG = { "serve_long",
	"select set_config('application_name', $1::text, true), set_config('switchboard.request_id', $2::text, true),"
	" set_config('statement_timeout', case when s.setting::int between 1 and 7999 then '8s' else s.setting end, true)"
	" from pg_catalog.pg_settings s where s.name = 'statement_timeout'", 2 };
/* From now on this session is told when configuration changes (the payload says nothing), until it says otherwise. */
const struct statement STATEMENT_LISTEN_CONFIGURATION = { "listen_configuration", "listen switchboard_configuration", 0 };
const struct statement STATEMENT_UNLISTEN_CONFIGURATION = { "unlisten_configuration", "unlisten switchboard_configuration", 0 };

/* ---- every program ------------------------------------------------------------------------------------------ */

/* program ('relay', 'router', 'api'), instance, its values as a row of base/metrics.h */
const struct statement STATEMENT_NOTE_METRICS = { "note_metrics", "select api.note_metrics($1::text, $2::text, $3::jsonb)", 3 };

/* ---- the relay ---------------------------------------------------------------------------------------------- */

/* relay name, chats whose customers have sockets here now → relay (number; its channel is switchboard_relay_<n>), epoch. Once a session with the database: what an
 * earlier life of that name held and this one does not is awaited from now on. The session listens on that channel when this has committed. */
const struct statement STATEMENT_RELAY_REGISTER = { "relay_register", "select relay, epoch from api.relay_register($1::text, $2::uuid[])", 2 };
/* relay, session hashes of the live operator sockets → rows (session) that are no longer valid: close them 4401. Renews the leases of the others. */
const struct statement STATEMENT_RELAY_BEAT = { "relay_beat", "select session from api.relay_beat($1::int, $2::bytea[])", 2 };
/* → rows (origin): every origin some site lists; the relay's allow-list at the handshake, read again at each beat */
const struct statement STATEMENT_ALLOWED_ORIGINS = { "allowed_origins", "select origin from api.allowed_origins()", 0 };
/* chat, token hash, foreign origin (NULL when our own), relay → state, last_seq, epoch, name, and how far each party
 * has got and read it (NULL: nothing noted). Raises unauthorized (unknown, wrong, expired alike), forbidden (origin of
 * another site), gone (ended). */
const struct statement STATEMENT_HELLO_CUSTOMER = { "hello_customer",
	"select state, last_seq, epoch, name, customer_got, customer_read, operator_got, operator_read"
	" from api.hello_customer($1::uuid, $2::bytea, $3::text, $4::int)", 4 };
/* chats, token hashes: arrays of one length → rows (ord = 1..n, reason) of those who are no longer welcome: unauthorized (the token does not hold any more, or the chat
 * is erased), forbidden (blocked), gone (the chat is over) */
const struct statement STATEMENT_LAPSED_CUSTOMERS = { "lapsed_customers", "select ord, reason from api.lapsed_customers($1::uuid[], $2::bytea[])", 2 };
/* ticket hash, origin, relay → session (hash), operator, name, role, epoch. The ticket is used up. Raises unauthorized, forbidden. */
const struct statement STATEMENT_HELLO_OPERATOR = { "hello_operator",
	"select session, operator, name, role, epoch from api.hello_operator($1::bytea, $2::text, $3::int)", 3 };
/* hash of a bot's token, foreign origin or NULL, relay → the same; operator is the bot's desk, role bot */
const struct statement STATEMENT_HELLO_BOT = { "hello_bot", "select session, operator, name, role, epoch from api.hello_bot($1::bytea, $2::text, $3::int)", 3 };
/* a bot's session, chat, cid, turn (JSON) → seq; refused: no queue takes the chat that it wanted to hand over */
const struct statement STATEMENT_BOT_TURN = { "bot_turn", "select seq, refused from api.bot_turn($1::bytea, $2::uuid, $3::uuid, $4::jsonb)", 4 };
/* relay, chats whose last customer socket here has closed */
const struct statement STATEMENT_CUSTOMERS_GONE = { "customers_gone", "select api.customers_gone($1::int, $2::uuid[])", 2 };
/* relay, session whose last socket here has closed: the lease ends in operator_lease_s at the latest */
const struct statement STATEMENT_OPERATOR_GONE = { "operator_gone", "select api.operator_gone($1::int, $2::bytea)", 2 };
/* session → rows (chat, state, last_seq, marks as at hello, away_s): the chats this operator or bot owns now; away_s: the customer has been gone for so long,
 * NULL: is there; about: what a bot is told of the chat (JSON), NULL for an operator */
const struct statement STATEMENT_OPERATOR_CHATS = { "operator_chats",
	"select chat, state, last_seq, customer_got, customer_read, operator_got, operator_read, away_s, about from api.operator_chats($1::bytea)", 1 };
/* chats, parties, got, read: arrays of one length, each chat and party once */
const struct statement STATEMENT_NOTE_MARKS = { "note_marks", "select api.note_marks($1::uuid[], $2::text[], $3::bigint[], $4::bigint[])", 4 };
/* session, offers already shown on the socket → rows (offer, reason, frame): an open offer has reason NULL and frame = the members of the `offer` frame as a JSON
 * object without `t`; one of the known that is over has its reason for `offer_gone`. */
const struct statement STATEMENT_OPERATOR_OFFERS = { "operator_offers", "select offer, reason, frame from api.operator_offers($1::bytea, $2::uuid[])", 2 };
/* sessions → rows (ord, mark, chat, last_seq, marks of delivery and away_s as operator_chats): for each good session (ord = 1..n) one row for each chat of its
 * operator, or one with chat NULL; mark changes when what operator_chats or operator_offers would say of chats and offers does. */
const struct statement STATEMENT_DESK_MARKS = { "desk_marks",
	"select ord, mark, chat, last_seq, customer_got, customer_read, operator_got, operator_read, away_s from api.desk_marks($1::bytea[])", 1 };
/* credentials, chats, kinds ('message'|'note'), cids, bodies, choices: arrays of one length → one row each, those of one chat in order: ord (1..n), status ('ok' or a wire name; 'busy' = locked
 * by somebody else, put it into the next batch), field, seq, last_seq (of the chat after this batch: more than seq means there are further events to fetch), at, author_kind,
 * author_name, body (NULL = as sent), data (JSON text or NULL), repeat (true: stored before; ack only, nobody gets the event again) */
const struct statement STATEMENT_POST_MESSAGES = { "post_messages",
	"select ord, status, field, seq, last_seq, at, author_kind, author_name, body, data, repeat"
	" from api.post_messages($1::bytea[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[])", 6 };
/* the same for some fifty rows and more */
const struct statement STATEMENT_POST_MANY = { "post_many",
	"select ord, status, field, seq, last_seq, at, author_kind, author_name, body, data, repeat"
	" from api.post_many($1::bytea[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[])", 6 };
/* chats, after (seq per chat), limit per chat → rows (chat, seq, kind, author_kind, author_name, body, data, at, cid, operators_only, state) in order of chat, seq;
 * state is the chat's state now. operators_only: customers get the bare {chat, seq, kind, at}. */
const struct statement STATEMENT_FETCH_EVENTS = { "fetch_events",
	"select chat, seq, kind, author_kind, author_name, body, data, at, cid, operators_only, state"
	" from api.fetch_events($1::uuid[], $2::bigint[], $3::int)", 3 };
/* chats → rows (chat, position, wait); only those that wait; the wait is JSON, NULL without a basis */
const struct statement STATEMENT_QUEUE_POSITIONS = { "queue_positions", "select chat, position, wait from api.queue_positions($1::uuid[])", 1 };
/* relay (the sender), hints, relays that hear them otherwise → relays (how many others live), unreached (those of them that are not named): one NOTIFY to each
 * of the latter. A payload is a list of words: c:<chat> (has new events), o:<operator> (offers or chats changed),
 * w:<operator> (what he is has changed: his desk is told to look),
 * s:<operator> (sessions changed: check now), k:<chat> (its token has changed: check now);
 * among the relays also t:<chat>:<customer|operator>:<0|1> (typing), p:<chat>:<customer|operator>:<0|1> (there or gone),
 * d:<chat>:<customer|operator>:<g|r>:<seq> (got, read), r: (a relay has come up), n:<relay>:0 (the bus does not reach it any more). */
const struct statement STATEMENT_HINT_RELAYS = { "hint_relays", "select relays, unreached from api.hint_relays($1::int, $2::text, $3::int[])", 3 };

/* ---- the router --------------------------------------------------------------------------------------------- */

/* router name → leads, term; began (with this call): cause, predecessor, leaderless_ms; leader (who leads, if anybody does) */
const struct statement STATEMENT_ROUTER_LEAD = { "router_lead",
	"select leads, term, leader, began, cause, predecessor, leaderless_ms from api.router_lead($1::text)", 1 };
/* the term we lead in → leads (else nothing was done), offers made, deadlines that fell due, next_in_ms until the next deadline (NULL = none; after offers a
 * moment, the pass then looks for it), more (call again at once) */
const struct statement STATEMENT_ROUTER_PASS = { "router_pass", "select leads, offers, deadlines, next_in_ms, more from api.router_pass($1::bigint)", 1 };
const struct statement STATEMENT_ROUTER_LEAVE = { "router_leave", "select api.router_leave()", 0 };
const struct statement STATEMENT_LISTEN_LEAD = { "listen_lead", "listen switchboard_lead", 0 };
const struct statement STATEMENT_LISTEN_ROUTE = { "listen_route", "listen switchboard_route", 0 };

/* ---- the courier -------------------------------------------------------------------------------------------- */

/* courier name, leases of an earlier session that are still ours → courier (our number); listens to switchboard_outbox */
const struct statement STATEMENT_COURIER_REGISTER = { "courier_register", "select courier from api.courier_register($1::text, $2::uuid[])", 2 };
/* courier, asleep → next_in_ms (NULL: nothing waits); no row: register anew */
const struct statement STATEMENT_COURIER_BEAT = { "courier_beat", "select next_in_ms from api.courier_beat($1::int, $2::boolean)", 2 };
const struct statement STATEMENT_COURIER_LEAVE = { "courier_leave", "select api.courier_leave($1::int)", 1 };
/* courier, how many → rows; those with a problem are not sent but reported as failed, for good where `final` says so */
const struct statement STATEMENT_CLAIM_OUTBOX = { "claim_outbox",
	"select item, lease, kind, account, attempt, problem, reason, status, final, method, url, headers, content_type, body, user_name, secret, other_secret, scheme, timeout_ms,"
	" max_answer_bytes, allowed_hosts, plain_http, mail_from, rcpt, subject, text_body, html_body, starttls from api.claim_outbox($1::int, $2::int)", 2 };
/* item, lease, status, answer, Retry-After in seconds → outcome: done, retry, dead, stale */
const struct statement STATEMENT_OUTBOX_ANSWERED = { "outbox_answered", "select outcome from api.outbox_answered($1::uuid, $2::uuid, $3::int, $4::text, $5::int)", 5 };
/* item, lease, error, final, reason as a code, status or NULL → the same */
const struct statement STATEMENT_OUTBOX_FAILED = { "outbox_failed",
	"select outcome from api.outbox_failed($1::uuid, $2::uuid, $3::text, $4::boolean, $5::text, $6::int)", 6 };

/* ---- the command line --------------------------------------------------------------------------------------- */

/* operator, crypt(3) hash */
const struct statement STATEMENT_SET_PASSWORD = { "set_password", "select api.set_password($1::text, $2::text)", 2 };
/* operator, 'invite' or 'reset', hash of the link's token → expires_at */
const struct statement STATEMENT_MAKE_LINK = { "make_link", "select expires_at from api.make_link($1::text, $2::text, $3::bytea)", 3 };
/* operator → ended; reset */
const struct statement STATEMENT_END_SESSIONS = { "end_sessions", "select chat.end_sessions($1::text) as ended", 1 };
const struct statement STATEMENT_RESET_TOTP = { "reset_totp", "select chat.reset_totp($1::text) as reset", 1 };
/* operator, name, role, max_chats */
const struct statement STATEMENT_ADD_OPERATOR = { "add_operator", "select api.add_operator($1::text, $2::text, $3::text, $4::int)", 4 };
/* site → slot, secret: the only time that it is shown */
const struct statement STATEMENT_ADD_SITE_SECRET = { "add_site_secret", "select slot, secret from api.add_site_secret($1::text)", 1 };
/* site, the last one too → slot, remaining (how many remain) */
const struct statement STATEMENT_RETIRE_SITE_SECRET = { "retire_site_secret", "select slot, remaining from api.retire_site_secret($1::text, $2::boolean)", 2 };
/* webhook, bot or token; whose → slot, secret: the only time that it is shown */
const struct statement STATEMENT_ADD_OUTGOING_SECRET = { "add_outgoing_secret", "select slot, secret from api.add_outgoing_secret($1::text, $2::text)", 2 };
/* the same, the last one too → slot, remaining */
const struct statement STATEMENT_RETIRE_OUTGOING_SECRET = { "retire_outgoing_secret",
	"select slot, remaining from api.retire_outgoing_secret($1::text, $2::text, $3::boolean)", 3 };
/* state or NULL → rows, dead letters first */
const struct statement STATEMENT_OUTBOX_LIST = { "outbox_list",
	"select item, kind, account, lane, chat, state, tries, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as created_at,"
	" to_char(next_try_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as next_try_at, last_status, last_reason, given_up, last_error"
	" from chat.outbox_list($1::text)", 1 };
/* item */
const struct statement STATEMENT_REPLAY_OUTBOX = { "replay_outbox", "select chat.replay_outbox($1::uuid)", 1 };
const struct statement STATEMENT_DROP_OUTBOX = { "drop_outbox", "select chat.drop_outbox($1::uuid)", 1 };
/* kind, account → items. Raises invalid (kind). */
const struct statement STATEMENT_REPLAY_ACCOUNT = { "replay_account", "select chat.replay_account($1::text, $2::text) as items", 2 };
/* account, password or NULL (none) */
const struct statement STATEMENT_SET_MAIL_PASSWORD = { "set_mail_password", "select api.set_mail_password($1::text, $2::text)", 2 };
/* bot, what the customer says (text[]), locale or NULL, widget or NULL, page or NULL, context (JSON) or NULL, customer first → rows (line, who, says, buttons), the whole dialogue */
const struct statement STATEMENT_BOT_TEST = { "bot_test",
	"select line, who, says, array_to_string(buttons, E'\\n') as buttons from chat.bot_test($1::text, $2::text[], $3::text, $4::text, $5::text, $6::jsonb,"
	" $7::boolean)", 7 };
/* sessions that the programs of a host hold → rows (verdict, name, sentence, advice) */
const struct statement STATEMENT_DOCTOR = { "doctor", "select verdict, name, sentence, advice from chat.doctor($1::int)", 1 };
/* → version (as number), version_name, now_ms */
const struct statement STATEMENT_DOCTOR_CLOCK = { "doctor_clock",
	"select current_setting('server_version_num') as version, current_setting('server_version') as version_name, (extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms", 0 };
/* → directory: where the data stands, NULL when we may not know */
const struct statement STATEMENT_DOCTOR_PLACE = { "doctor_place", "select (select s.setting from pg_settings s where s.name = 'data_directory') as directory", 0 };
/* → rows (severity, code, object, key, sentence, hint), the worst first */
const struct statement STATEMENT_CHECK = { "check", "select severity, code, object, key, sentence, hint from chat.check()", 0 };
/* chat → rows (at, operator, answer) in order; operator is NULL where the chat itself is told of */
const struct statement STATEMENT_WHY = { "why", "select to_char(at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') as at, operator, answer from chat.why($1::uuid)", 1 };
/* operator → rows (queue, answer); the first is of all queues, its queue is NULL */
const struct statement STATEMENT_WHY_IDLE = { "why_idle", "select queue, answer from chat.why_idle($1::text)", 1 };

/* chat, dry run → rows (relation, rows): where how many rows were written */
const struct statement STATEMENT_ERASE_CHAT = { "erase_chat", "select relation, rows from chat.erase_chat($1::uuid, $2::boolean)", 2 };
/* e-mail address, site or NULL, dry run → the same */
const struct statement STATEMENT_ERASE_PERSON = { "erase_person", "select relation, rows from chat.erase_person($1::text, $2::text, $3::boolean)", 3 };
/* sub of a signed identity, its site, dry run → the same */
const struct statement STATEMENT_ERASE_IDENTITY = { "erase_identity", "select relation, rows from chat.erase_identity($1::text, $2::text, $3::boolean)", 3 };
/* chat → export (JSON) */
const struct statement STATEMENT_EXPORT_CHAT = { "export_chat", "select export from chat.export_chat($1::uuid) as export", 1 };
/* e-mail address, site or NULL → export (JSON) */
const struct statement STATEMENT_EXPORT_PERSON = { "export_person", "select export from chat.export_person($1::text, $2::text) as export", 2 };
/* sub of a signed identity, its site → export (JSON) */
const struct statement STATEMENT_EXPORT_IDENTITY = { "export_identity", "select export from chat.export_identity($1::text, $2::text) as export", 2 };

/* switchboard migrate. The ledger: number 1.. = a file of sql/migrations, 0 = all of sql/api together. */
const struct statement STATEMENT_BEGIN = { "begin", "begin", 0 };
const struct statement STATEMENT_COMMIT = { "commit", "commit", 0 };
const struct statement STATEMENT_ROLLBACK = { "rollback", "rollback", 0 };
const struct statement STATEMENT_AS_OWNER = { "as_owner", "set local role switchboard_owner", 0 };
/* waits until no other migration runs in this database; held to the end of the session */
const struct statement STATEMENT_MIGRATION_LOCK = { "migration_lock", "select pg_advisory_lock(hashtext('switchboard migrate'))", 0 };
/* → present */
const struct statement STATEMENT_LEDGER_PRESENT = { "ledger_present", "select to_regclass('internal.migration') is not null as present", 0 };
const struct statement STATEMENT_LEDGER_SCHEMA = { "ledger_schema", "create schema if not exists internal", 0 };
const struct statement STATEMENT_LEDGER_TABLE = { "ledger_table",
	"create table if not exists internal.migration (number int primary key, name text not null, sha256 text not null,"
	" applied_at timestamptz not null default clock_timestamp(), applied_by text not null default session_user)", 0 };
/* → rows (number, name, sha256) in order */
const struct statement STATEMENT_LEDGER_READ = { "ledger_read", "select number, name, sha256 from internal.migration order by number", 0 };
/* number, name, sha256 in hex */
const struct statement STATEMENT_LEDGER_ADD = { "ledger_add",
	"insert into internal.migration as m (number, name, sha256) values ($1::int, $2::text, $3::text) on conflict (number) do update"
	" set sha256 = excluded.sha256, applied_at = excluded.applied_at, applied_by = excluded.applied_by where m.number = 0", 3 };

const struct statement *const statements_relay[] = {
	&STATEMENT_RELAY_REGISTER, &STATEMENT_RELAY_BEAT, &STATEMENT_ALLOWED_ORIGINS, &STATEMENT_HELLO_CUSTOMER, &STATEMENT_HELLO_OPERATOR,
	&STATEMENT_HELLO_BOT, &STATEMENT_BOT_TURN, &STATEMENT_CUSTOMERS_GONE, &STATEMENT_OPERATOR_GONE, &STATEMENT_OPERATOR_CHATS, &STATEMENT_OPERATOR_OFFERS,
	&STATEMENT_DESK_MARKS, &STATEMENT_POST_MESSAGES, &STATEMENT_POST_MANY,
	&STATEMENT_FETCH_EVENTS, &STATEMENT_NOTE_MARKS, &STATEMENT_HINT_RELAYS, &STATEMENT_ACCEPT_OFFER, &STATEMENT_DECLINE_OFFER,
};
const size_t statements_relay_count = sizeof statements_relay / sizeof statements_relay[0];

const struct statement *const statements_relay_messages[] = { &STATEMENT_POST_MESSAGES, &STATEMENT_POST_MANY };
const size_t statements_relay_messages_count = sizeof statements_relay_messages / sizeof statements_relay_messages[0];

const struct statement *const statements_relay_aside[] = { &STATEMENT_HINT_RELAYS, &STATEMENT_LAPSED_CUSTOMERS, &STATEMENT_NOTE_METRICS };
const size_t statements_relay_aside_count = sizeof statements_relay_aside / sizeof statements_relay_aside[0];

const struct statement *const statements_relay_places[] = { &STATEMENT_QUEUE_POSITIONS };
const size_t statements_relay_places_count = sizeof statements_relay_places / sizeof statements_relay_places[0];

const struct statement *const statements_courier[] = {
	&STATEMENT_COURIER_REGISTER, &STATEMENT_COURIER_BEAT, &STATEMENT_COURIER_LEAVE, &STATEMENT_CLAIM_OUTBOX, &STATEMENT_OUTBOX_ANSWERED, &STATEMENT_OUTBOX_FAILED,
	&STATEMENT_NOTE_METRICS,
};
const size_t statements_courier_count = sizeof statements_courier / sizeof statements_courier[0];

const struct statement *const statements_all[] = {
	&STATEMENT_ORIGIN_IS_LISTED,
	&STATEMENT_WIDGET_CONFIG, &STATEMENT_WIDGET_STATUS, &STATEMENT_WIDGET_FRAME, &STATEMENT_OPEN_CHAT, &STATEMENT_OPEN_INVITED, &STATEMENT_CHAT_VIEW, &STATEMENT_CHAT_EVENTS,
	&STATEMENT_POST_MESSAGE, &STATEMENT_CUSTOMER_MARKS, &STATEMENT_OPERATOR_MARKS, &STATEMENT_ASK_PERSON, &STATEMENT_CUSTOMER_END, &STATEMENT_RATE_CHAT, &STATEMENT_TRANSCRIPT,
	&STATEMENT_IDENTITY_TERMS, &STATEMENT_IDENTIFY_CHAT, &STATEMENT_PERSON_CHATS, &STATEMENT_PERSON_CHAT_EVENTS, &STATEMENT_BLOCK_CUSTOMER, &STATEMENT_BLOCKS,
	&STATEMENT_CHANNEL_TERMS, &STATEMENT_CHANNEL_TAKE, &STATEMENT_ADD_CHANNEL_SECRET, &STATEMENT_RETIRE_CHANNEL_SECRET,
	&STATEMENT_DEAD_LETTERS, &STATEMENT_SEND_LETTER, &STATEMENT_SEND_LETTERS, &STATEMENT_GIVE_UP_LETTER,
	&STATEMENT_LIFT_BLOCK, &STATEMENT_ADD_SITE_SECRET, &STATEMENT_RETIRE_SITE_SECRET, &STATEMENT_LOGIN_LOOKUP,
	&STATEMENT_TOTP_LOOKUP, &STATEMENT_TOTP_RESEAL, &STATEMENT_TOTP_REFUSED, &STATEMENT_SSO_LOOKUP, &STATEMENT_LOGIN_SSO, &STATEMENT_ACCOUNT, &STATEMENT_MY_SESSIONS, &STATEMENT_END_SESSION,
	&STATEMENT_END_SESSIONS_OF, &STATEMENT_RESET_TOTP_OF, &STATEMENT_MY_PASSWORD, &STATEMENT_CHANGE_PASSWORD, &STATEMENT_ACCOUNT_REFUSED, &STATEMENT_LINK_VIEW,
	&STATEMENT_USE_LINK, &STATEMENT_TOTP_BEGIN, &STATEMENT_MY_TOTP, &STATEMENT_TOTP_CONFIRM, &STATEMENT_TOTP_OFF, &STATEMENT_TOTP_NEW_CODES,
	&STATEMENT_MAKE_LINK, &STATEMENT_END_SESSIONS, &STATEMENT_RESET_TOTP,
	&STATEMENT_LOGIN, &STATEMENT_LOGIN_FAILED, &STATEMENT_SESSION_VIEW, &STATEMENT_LOGOUT, &STATEMENT_MAKE_TICKET, &STATEMENT_MY_QUEUES,
	&STATEMENT_JOIN_QUEUES, &STATEMENT_SET_PRESENCE, &STATEMENT_MY_CHATS, &STATEMENT_ACCEPT_OFFER, &STATEMENT_DECLINE_OFFER,
	&STATEMENT_PHRASES, &STATEMENT_GUIDANCE, &STATEMENT_GUIDE_CHAT, &STATEMENT_PHRASE_USED,
	&STATEMENT_OPERATOR_EVENTS, &STATEMENT_OPERATOR_END, &STATEMENT_WRAP_UP, &STATEMENT_TRANSFER_CHAT, &STATEMENT_RETURN_TO_BOT, &STATEMENT_WITHDRAW_TRANSFER,
	&STATEMENT_TRANSFER_TARGETS, &STATEMENT_TAKE_CHAT, &STATEMENT_REQUEUE_CHAT, &STATEMENT_REDACT_MESSAGE, &STATEMENT_BOARD, &STATEMENT_RESULTS, &STATEMENT_REPORT,
	&STATEMENT_HEALTH, &STATEMENT_METRICS,
	&STATEMENT_MAIL_TRANSCRIPT, &STATEMENT_LEAVE_NOTE, &STATEMENT_INBOX, &STATEMENT_INBOX_ENTRY, &STATEMENT_INBOX_PEOPLE, &STATEMENT_MOVE_ENTRY, &STATEMENT_ANSWER_ENTRY,
	&STATEMENT_SET_MAIL_PASSWORD,
	&STATEMENT_SERVE, &STATEMENT_SERVE_LONG, &STATEMENT_LISTEN_CONFIGURATION,
	&STATEMENT_UNLISTEN_CONFIGURATION, &STATEMENT_NOTE_METRICS,
	&STATEMENT_RELAY_REGISTER, &STATEMENT_RELAY_BEAT,
	&STATEMENT_ALLOWED_ORIGINS, &STATEMENT_HELLO_CUSTOMER, &STATEMENT_LAPSED_CUSTOMERS, &STATEMENT_HELLO_OPERATOR,
	&STATEMENT_HELLO_BOT, &STATEMENT_BOT_TURN, &STATEMENT_CUSTOMERS_GONE,
	&STATEMENT_OPERATOR_GONE, &STATEMENT_OPERATOR_CHATS, &STATEMENT_OPERATOR_OFFERS, &STATEMENT_DESK_MARKS, &STATEMENT_POST_MESSAGES, &STATEMENT_POST_MANY,
	&STATEMENT_FETCH_EVENTS, &STATEMENT_QUEUE_POSITIONS,
	&STATEMENT_NOTE_MARKS, &STATEMENT_HINT_RELAYS, &STATEMENT_ROUTER_LEAD, &STATEMENT_ROUTER_PASS, &STATEMENT_ROUTER_LEAVE, &STATEMENT_LISTEN_LEAD, &STATEMENT_LISTEN_ROUTE,
	&STATEMENT_COURIER_REGISTER, &STATEMENT_COURIER_BEAT, &STATEMENT_COURIER_LEAVE, &STATEMENT_CLAIM_OUTBOX, &STATEMENT_OUTBOX_ANSWERED, &STATEMENT_OUTBOX_FAILED,
	&STATEMENT_ADD_OUTGOING_SECRET, &STATEMENT_RETIRE_OUTGOING_SECRET, &STATEMENT_OUTBOX_LIST, &STATEMENT_REPLAY_OUTBOX, &STATEMENT_DROP_OUTBOX, &STATEMENT_REPLAY_ACCOUNT,
	&STATEMENT_SET_PASSWORD, &STATEMENT_ADD_OPERATOR, &STATEMENT_BOT_TEST, &STATEMENT_CHECK, &STATEMENT_DOCTOR, &STATEMENT_DOCTOR_CLOCK, &STATEMENT_DOCTOR_PLACE, &STATEMENT_WHY, &STATEMENT_WHY_IDLE,
	&STATEMENT_ERASE_CHAT, &STATEMENT_ERASE_PERSON, &STATEMENT_ERASE_IDENTITY, &STATEMENT_EXPORT_CHAT, &STATEMENT_EXPORT_PERSON, &STATEMENT_EXPORT_IDENTITY,
	&STATEMENT_BEGIN, &STATEMENT_COMMIT, &STATEMENT_ROLLBACK, &STATEMENT_AS_OWNER, &STATEMENT_MIGRATION_LOCK, &STATEMENT_LEDGER_PRESENT,
	&STATEMENT_LEDGER_SCHEMA, &STATEMENT_LEDGER_TABLE, &STATEMENT_LEDGER_READ, &STATEMENT_LEDGER_ADD,
};
const size_t statements_all_count = sizeof statements_all / sizeof statements_all[0];
