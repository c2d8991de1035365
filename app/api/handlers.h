/* SPDX-License-Identifier: ISC */
/* What the rows of routes.c call. Each runs after authorise() and returns STATUS_OK with call->response set, or a failure with call->problem set. */
#ifndef SWITCHBOARD_API_HANDLERS_H
#define SWITCHBOARD_API_HANDLERS_H

#include "api/call.h"

/* frame.c */
enum status frame_page(struct call *call);
/* plain_welcome.c */
enum status plain_welcome(struct call *call);
enum status plain_start(struct call *call);
/* plain_note.c */
enum status plain_note(struct call *call);
enum status plain_leave_note(struct call *call);
/* plain_chat.c */
enum status plain_chat(struct call *call);
enum status plain_messages(struct call *call);
enum status plain_message(struct call *call);
/* plain_ended.c */
enum status plain_end_asked(struct call *call);
enum status plain_end_chat(struct call *call);
enum status plain_rate(struct call *call);
enum status plain_transcript(struct call *call);
enum status plain_mail(struct call *call);
enum status plain_again(struct call *call);
/* health.c */
enum status health_show(struct call *call);
/* metrics.c */
enum status metrics_show(struct call *call);
/* widget.c */
enum status widget_config(struct call *call);
enum status widget_status(struct call *call);
/* chat_request.c */
enum status chat_request(struct call *call);
/* customer.c */
enum status customer_chat(struct call *call);
enum status customer_events(struct call *call);
enum status customer_message(struct call *call);
enum status customer_marks(struct call *call);
enum status customer_queue(struct call *call);
enum status customer_end(struct call *call);
enum status customer_rating(struct call *call);
enum status customer_identity(struct call *call);
/* transcript.c */
enum status customer_transcript(struct call *call);
enum status customer_mail_transcript(struct call *call);
/* note.c */
enum status note_leave(struct call *call);
/* inbox.c */
enum status inbox_list(struct call *call);
enum status inbox_entry(struct call *call);
enum status inbox_people(struct call *call);
enum status inbox_state(struct call *call);
enum status inbox_answer(struct call *call);
enum status inbox_invite(struct call *call);
/* channel.c */
enum status channel_sms(struct call *call);
enum status channel_subscribe(struct call *call);
enum status channel_messenger(struct call *call);
enum status channel_generic(struct call *call);
/* session.c */
enum status session_login(struct call *call);
enum status session_show(struct call *call);
enum status session_logout(struct call *call);
enum status session_ticket(struct call *call);
enum status session_sso(struct call *call);
enum status session_ways(struct call *call);
/* account.c */
enum status account_show(struct call *call);
enum status account_password(struct call *call);
enum status account_link(struct call *call);
enum status account_link_password(struct call *call);
/* account_session.c */
enum status account_sessions(struct call *call);
enum status account_end_session(struct call *call);
enum status supervisor_end_sessions(struct call *call);
enum status supervisor_reset_totp(struct call *call);
/* account_totp.c */
enum status account_totp_begin(struct call *call);
enum status account_totp_confirm(struct call *call);
enum status account_totp_codes(struct call *call);
enum status account_totp_off(struct call *call);
/* operator.c */
enum status operator_queues(struct call *call);
enum status operator_join(struct call *call);
enum status operator_presence(struct call *call);
enum status operator_chats(struct call *call);
enum status operator_accept(struct call *call);
enum status operator_decline(struct call *call);
/* operator_chat.c */
enum status operator_events(struct call *call);
enum status operator_message(struct call *call);
enum status operator_note(struct call *call);
enum status operator_marks(struct call *call);
enum status operator_end(struct call *call);
enum status operator_wrap_up(struct call *call);
/* history.c */
enum status history_list(struct call *call);
enum status history_events(struct call *call);
/* guidance.c */
enum status guidance_phrases(struct call *call);
enum status guidance_show(struct call *call);
enum status guidance_step(struct call *call);
enum status guidance_used(struct call *call);
/* block.c */
enum status block_make(struct call *call);
enum status block_list(struct call *call);
enum status block_lift(struct call *call);
/* outbox.c */
enum status outbox_list(struct call *call);
enum status outbox_send(struct call *call);
enum status outbox_send_all(struct call *call);
enum status outbox_give_up(struct call *call);
/* transfer.c */
enum status transfer_make(struct call *call);
enum status transfer_withdraw(struct call *call);
enum status transfer_targets(struct call *call);
/* supervisor.c */
enum status supervisor_take(struct call *call);
enum status supervisor_requeue(struct call *call);
enum status supervisor_redact(struct call *call);
enum status supervisor_board(struct call *call);
enum status supervisor_results(struct call *call);
/* report.c */
enum status supervisor_report(struct call *call);

#endif
