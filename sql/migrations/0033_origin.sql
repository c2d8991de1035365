-- SPDX-License-Identifier: ISC
-- Whether any site lists an origin is asked for at each preflight: found by the origin, however many sites there are.
set local role switchboard_owner;

create index site_by_origin on chat.site using gin (origins) where active;
