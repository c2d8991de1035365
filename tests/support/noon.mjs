// SPDX-License-Identifier: ISC
// For tests of what happened today: makes it noon, or up to an hour later, in every queue, so that no day ends while they run. (Etc/GMT+5 is what others call UTC-5.)
export const makeNoon = (stack) => stack.query("update chat.queue set time_zone = 'Etc/GMT' || to_char(extract(hour from now() at time zone 'UTC') - 12, 'FMSG99')");
