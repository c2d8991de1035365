-- SPDX-License-Identifier: ISC
-- The shop's pages come from this machine, at whatever port this start has; origins that somebody added stay.
update chat.site set origins = array(select origin from unnest(origins) origin where origin not like 'http://127.0.0.1:%') || :'shop_origin'::text
where site = 'shop';
