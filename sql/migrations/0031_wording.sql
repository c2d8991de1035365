-- SPDX-License-Identifier: ISC
-- What a DBA reads calls nobody "he".
set local role switchboard_owner;

update chat.setting set description = 'No operator holds more chats and offers than this, whatever the operator''s own limit says' where name = 'max_chats';
update chat.setting set description = 'Seconds an operator counts as live after the last sign of life' where name = 'operator_lease_s';
update chat.setting set description = 'Offers an operator may let expire in a row; then follows a break, which one click ends' where name = 'missed_offers_max';
update chat.setting set description = 'Seconds in which a customer may open the chat to which an operator has invited by mail' where name = 'invitation_s';

comment on column chat.operator_state.operator is 'The operator; goes with the operator''s row';
comment on column chat.operator_state.lease_until is 'Until then the operator counts as live; every sign of life moves it on';
comment on column chat.operator_state.slots is 'The most the operator may hold at once; copied by the router from max_chats and the setting, so that who has a free slot is found by an index';
comment on column chat.operator_state.on_duty is 'Whether the router counts the operator as there: available, with a lease that has not run out';
comment on table chat.chat_decline is 'Who declined which chat: it is not offered there again while somebody else is on duty';
comment on column chat.queue.preferred_grace_s is 'How long a chat waits for its preferred operator, if on duty; then anybody may take it';
comment on column chat.offer.kind is 'routed: the router decided. transfer: a colleague passes the chat on, and keeps it until it is accepted. supervisor: a supervisor took it';
comment on column chat.offer.candidates is 'Each candidate with the figures or the reason against; kept decision_detail_days';
comment on table internal.able is 'Who may take chats of which need, by configuration and the queues that were joined; who is there and free is another matter';
comment on column chat.waiting.preferred is 'Its preferred operator, as long as the grace lasts';
comment on type chat.candidate is 'An operator at the instant of a decision: place 1 got the offer, the next places were free too, who has no place could not be asked';
comment on column chat.session.way is 'How it was logged in: password, or sso (by the web server)';
comment on column chat.session.enrolling is 'true: may do nothing but set up the second step that the role asks for';
comment on table chat.recovery_code is 'Codes for who has lost the authenticator, each good once; no role but the owner reads it';
comment on column chat.channel_chat.address is 'The customer''s number, Messenger id, or what a bridge calls the customer';
comment on column chat.channel_chat.choices is 'The buttons that the customer was shown last: by SMS their number answers';
comment on table chat.channel_stop is 'Who said STOP, as the SHA-256 of account, a space and address: it must be kept when everything else of that customer is erased';
comment on column chat.channel_stop.at is 'When that was';
comment on column chat.chat.closing_until is 'The operator is done and the bot has the last word: when to look whether the customer is silent';
comment on table chat.filing is 'Who writes notes about a chat while its bot has the last word; it counts in the operator''s load until then';
comment on column chat.filing.operator is 'Who ended the operator''s part of it';
comment on column chat.filing.until is 'When the slot is free again, if it is not filed before';
