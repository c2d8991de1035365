-- SPDX-License-Identifier: ISC
-- Who may call what. Nothing is granted to PUBLIC; a verb that stands here under no program can be called by none.
grant execute on function api.widget_config, api.widget_status, api.widget_frame, api.open_chat, api.chat_view, api.chat_events, api.post_message, api.ask_person,
	api.customer_end, api.rate_chat, api.transcript, api.login_lookup, api.login, api.login_failed, api.session_view, api.logout, api.make_ticket,
	api.my_queues, api.join_queues, api.set_presence, api.my_chats, api.accept_offer, api.decline_offer, api.operator_events, api.operator_end, api.wrap_up,
	api.transfer_chat, api.return_to_bot, api.customer_marks, api.operator_marks, api.withdraw_transfer, api.transfer_targets, api.take_chat,
	api.identity_terms, api.identify_chat, api.person_chats, api.person_chat_events, api.block_customer, api.blocks, api.lift_block,
	api.channel_terms, api.channel_take,
	api.requeue_chat, api.redact_message, api.board, api.health, api.metrics, api.origin_is_listed to switchboard_api;
grant execute on function api.allowed_origins to switchboard_api; -- of the release before, which runs until it is restarted
grant execute on function api.dead_letters, api.send_letter, api.send_letters, api.give_up_letter to switchboard_api;
grant execute on function api.phrases, api.phrase_used, api.guidance, api.guide_chat to switchboard_api;
grant execute on function api.totp_lookup, api.totp_reseal, api.totp_refused, api.login_sso, api.sso_lookup, api.my_sessions, api.end_session, api.end_sessions_of, api.my_password,
	api.change_password, api.account_refused, api.link_view, api.use_link, api.account, api.totp_begin, api.my_totp, api.totp_confirm, api.totp_off,
	api.totp_new_codes, api.reset_totp_of to switchboard_api;
grant execute on function api.relay_register, api.relay_beat, api.allowed_origins, api.hello_customer, api.lapsed_customers,
	api.hello_operator, api.hello_bot, api.bot_turn, api.customers_gone, api.operator_gone,
	api.operator_chats, api.operator_offers, api.desk_marks, api.post_messages, api.post_many, api.fetch_events, api.queue_positions, api.note_marks, api.hint_relays, api.accept_offer,
	api.decline_offer to switchboard_relay;
grant execute on function api.router_lead, api.router_leave, api.router_pass to switchboard_router;
grant execute on function api.courier_register, api.courier_beat, api.courier_leave, api.claim_outbox, api.outbox_answered, api.outbox_failed to switchboard_courier;
grant execute on function api.note_metrics to switchboard_api, switchboard_relay, switchboard_router, switchboard_courier;
grant execute on function api.set_password, api.add_operator, api.add_site_secret, api.retire_site_secret, api.add_channel_secret, api.retire_channel_secret,
	chat.why, chat.close_queue, chat.open_queue, chat.close_everything, chat.open_everything,
	chat.prefer_operator, chat.ask_skill, chat.board_queues, chat.board_operators to switchboard_dba;
grant execute on function api.add_outgoing_secret, api.retire_outgoing_secret, chat.outbox_list, chat.replay_outbox, chat.replay_account, chat.drop_outbox to switchboard_dba;
grant execute on function api.make_link, chat.end_sessions, chat.reset_totp, chat.totp_sealed_before to switchboard_dba;
grant execute on function chat.board_queues, chat.board_operators to switchboard_report;
grant execute on function chat.bot_test, chat.bot_matches to switchboard_dba;
grant execute on function chat.check, chat.why_idle, chat.erase_chat, chat.erase_person, chat.erase_identity, chat.export_chat, chat.export_person,
	chat.export_identity to switchboard_dba;
grant execute on function api.leave_note, api.inbox, api.inbox_entry, api.move_entry, api.inbox_people, api.answer_entry, api.mail_transcript, api.open_invited to switchboard_api;
grant execute on function api.set_mail_password to switchboard_dba;
grant execute on function api.report, api.results to switchboard_api;
grant execute on function chat.doctor to switchboard_dba;
