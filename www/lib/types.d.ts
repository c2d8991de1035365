// SPDX-License-Identifier: ISC
// What travels (CONTRACT: HTTP API and chat.v1) and what the front end makes of it.

declare module '*.sheet.css' {
	const sheet: CSSStyleSheet;
	export default sheet;
}
declare module '*.css';

type ChatState = 'bot' | 'queued' | 'offered' | 'active' | 'wrap_up' | 'ended' | 'abandoned';
type AuthorKind = 'customer' | 'operator' | 'bot' | 'system';

interface Author { kind: AuthorKind; name?: string }

interface Choice { id: string; label: string }

interface ChatEvent {
	chat: string;
	seq: number;
	kind: string;
	author?: Author;
	body?: string;
	data?: { choices?: Choice[]; choice?: string; queue?: string; label?: string; operator?: string; by?: string; reason?: string; score?: number; to?: string;
		[member: string]: unknown };
	at: string;
	cid?: string;
	/** ours: acknowledged, not yet seen as the server's event */
	local?: boolean;
}

/** A range; or a state, where there is none: nobody is there, the queue is closed, it will close before */
interface Wait { low_s?: number; high_s?: number; state?: 'unstaffed' | 'closed' | 'closing'; closes_at?: string; next_opening?: string }

interface RelayAddress { url: string; protocol: string }

interface CustomerChat {
	id: string;
	state: ChatState;
	queue?: string;
	queue_label?: string;
	position?: number;
	wait?: Wait | null;
	operator?: string | { name?: string } | null;
	created_at?: string;
	/** the site has said whose chat it is */
	identified?: boolean;
}

interface OperatorChat {
	id: string;
	state: ChatState;
	queue?: string;
	queue_label?: string;
	site?: string;
	name?: string;
	email?: string;
	/** who it is, as the site's own server says; absent: nobody vouches for anything */
	person?: string;
	/** what of the data the site vouches for */
	verified?: ('name' | 'email')[];
	locale?: string;
	page_url?: string;
	referrer?: string;
	answers?: Record<string, unknown>;
	told?: Told[];
	context?: Record<string, unknown>;
	created_at?: string;
	waited_s?: number;
	assigned_at?: string;
	wrap_up_until?: string;
	customer_here?: boolean;
	customer_away_since?: string;
	marks?: ChatMarks;
	last_seq?: number;
	/** the customer has been silent for so long that the chat does not count in the load */
	idle?: boolean;
	/** the bot that has the last word, after our end of the chat */
	closing?: string;
	channel?: Channel;
	/** a colleague has been asked to take it over */
	transfer?: PendingTransfer;
}

/** How far each side has got and read a chat. */
interface ChatMarks { customer?: { got: number; read: number }; operator?: { got: number; read: number } }

interface PendingTransfer { offer: string; operator: string; name: string; expires_in_s: number }

/** Why something cannot be: a code with its figures, and the server's English sentence for who does not know the code. */
interface Reason { code?: string; reason?: string; skill?: string; needs?: number; has?: number; load?: number; cap?: number; state?: string;
	[figure: string]: unknown }

/** `bot`: the name of the one that would take the chat back */
interface Targets { bot?: string; queues: TargetQueue[]; operators: TargetOperator[] }
interface TargetQueue extends Reason { name: string; label: string; open: boolean; waiting: number; on_duty: number }

interface TargetOperator extends Reason { operator: string; name: string; state: string; load: number; cap: number; able: boolean }

interface BoardQueue { name: string; label: string; state: 'open' | 'unstaffed' | 'closed'; mode?: string; waiting: number; oldest_s?: number | null;
	on_duty: number; free: number; target_s?: number }

/** how the customer talks with us, where that is not the widget */
interface Channel { kind: 'sms' | 'messenger' | 'generic'; account: string; address?: string; window_until?: string; opted_out?: boolean }

interface BoardOperator { operator: string; name: string; presence?: Presence; load: number; cap: number }

interface BoardChat { id: string; state: ChatState; queue?: string; queue_label?: string; name?: string; operator?: string; operator_name?: string;
	waited_s?: number; assigned_s?: number; last_seq?: number; created_at?: string; idle?: boolean }

interface BoardView { queues: BoardQueue[]; operators: BoardOperator[]; chats: BoardChat[]; outbox: { waiting: number; dead: number }; at: string }

/** A report: rows whose members are named by `columns` */
interface ReportView { report: string; from: string; to: string; days?: number; at: string; columns: string[]; rows: Record<string, any>[] }

interface InboxReply { n: number; kind: 'answer' | 'invitation'; operator_name: string; body?: string; at: string; state: 'queued' | 'sent' | 'failed'; error?: string }

/** A note that a customer left; in a list its words are cut and `mail` and `replies` are missing */
interface InboxEntry { entry: string; reference: string; state: 'new' | 'taken' | 'answered' | 'done' | 'spam'; site: string; queue: string; queue_label: string; name?: string;
	email?: string; verified?: boolean; person?: string; locale?: string; page_url?: string; body: string; created_at: string; operator?: string; operator_name?: string;
	chat?: string; failed?: boolean; mail?: boolean; replies?: InboxReply[] }

interface Offer {
	offer: string;
	chat: string;
	queue?: string;
	queue_label?: string;
	waited_s?: number;
	expires_in_s: number;
	/** one English sentence, and the figures of it */
	why?: unknown;
	decision?: { rule: string, others: number, score?: number, load?: number };
	name?: string;
	answers?: Record<string, unknown>;
	told?: Told[];
	page_url?: string;
	locale?: string;
	channel?: Channel;
	kind?: 'routed' | 'transfer';
	/** of a transfer: who passes it on, and what he has to say */
	from?: string;
	note?: string;
}

interface QueueMembership extends Reason { name: string; label: string; eligible: boolean; joined: boolean; waiting?: number }

/** `code`: the server changed it, because he did not respond or his connection was lost */
interface Presence { state: string; reason?: string; code?: string }

interface Operator { operator: string; name: string; role?: string; max_chats?: number; presence?: Presence }

interface WidgetQueue { name: string; label: string; questions?: Question[] }

/** What is asked before the chat. `error`: what to say to an answer that does not fit; `field`: it is the name or the address of the customer */
interface Question { name: string; kind: string; label: string; required: boolean; field?: 'name' | 'email'; example?: string; max_length?: number; error?: string;
	choices?: Choice[]; low?: number; high?: number }

/** What was asked and answered, with the words in each language there is */
interface Told { name: string; value: unknown; labels?: Record<string, string>; values?: Record<string, string> }

interface WidgetConfig {
	widget: string;
	locale: string;
	texts: Record<string, string>;
	theme: { accent: string; position: string };
	features?: Record<string, unknown>;
	queues?: WidgetQueue[];
	/** where who chooses none gets */
	default_queue?: WidgetQueue;
	relay?: RelayAddress;
}

/** `state` '': not known yet */
interface QueueStatus { name: string; state: '' | 'open' | 'unstaffed' | 'closed'; next_opening?: string; text?: string; wait?: Wait | null }

/** A message on its way. `chat` and `cid` name it for ever; the server stores it once. */
interface OutboxEntry {
	cid: string;
	chat: string;
	kind: 'message' | 'note';
	body?: string;
	choice?: string;
	/** what to show while a choice is on its way */
	label?: string;
	order: number;
	at: string;
	state: 'waiting' | 'sending' | 'failed';
	code?: string;
}

interface Frame { t: string; [member: string]: any }

type ConnectionState = 'idle' | 'connecting' | 'ready' | 'waiting' | 'stopped';
