-- SPDX-License-Identifier: ISC
-- Card numbers: masked to their last four digits before anything is stored or passed on, whoever wrote them and by whatever way (chat.site.mask_cards).
--
-- 13 to 19 digits that pass the check digit (Luhn), in groups with up to three spaces or dashes between them; Arabic, Persian and full-width digits count as digits.
-- Not taken for one: a UUID, a valid IBAN, a telephone number with its + (up to 15 digits), a longer unbroken row of digits. A number that is typed over several
-- messages is not found.

-- Most texts end here.
create function internal.may_hold_card(p_text text) returns boolean
language sql immutable as $$ select p_text ~ '[0-9٠-٩۰-۹０-９](?:[- \t\u00a0\u2000-\u200d\u2010-\u2015\u202f\u2212\u3000]{0,3}[0-9٠-٩۰-۹０-９]){12}' $$;

create function internal.is_iban(p_text text) returns boolean
language sql immutable as $$
	select string_agg(case when c.letter ~ '[0-9]' then c.letter else (ascii(c.letter) - 55)::text end, '' order by c.ord)::numeric % 97 = 1
	from (select replace(p_text, ' ', '') as iban) i, string_to_table(substr(i.iban, 5) || left(i.iban, 4), null) with ordinality c (letter, ord)
$$;

-- The same text, character by character, with digits 0 to 9 and blanks for all separators; what is no card whatever its digits say is crossed out.
create function internal.plain_digits(p_text text) returns text
language plpgsql immutable as $$
declare
	v_plain text := translate(p_text, '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹０１２３４５６７８９', '012345678901234567890123456789');
	v_iban text := '\m[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?\M';
	v_from int := 1;
	v_found text;
begin
	v_plain := regexp_replace(v_plain, '[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}', repeat('x', 36), 'gi');
	v_plain := regexp_replace(v_plain, '[-\t\u00a0\u2000-\u200d\u2010-\u2015\u202f\u2212\u3000]', ' ', 'g');
	loop
		v_from := regexp_instr(v_plain, v_iban, v_from);
		exit when v_from = 0;
		v_found := regexp_substr(v_plain, v_iban, v_from);
		if internal.is_iban(v_found) then
			v_plain := overlay(v_plain placing repeat('x', length(v_found)) from v_from);
		end if;
		v_from := v_from + length(v_found);
	end loop;
	return v_plain;
end $$;

-- Which characters of a run of digits and blanks are to be masked. Where numbers could begin and end at several places the first that fits is taken, the usual length first:
-- what is behind a number (its code, its date) is not taken for a part of it. Sums are kept for both ways of doubling, so that each place costs the same
-- however long the run is: the check digit itself is never doubled, so where the last digit is an even one the odd ones are, and the other way round.
create function internal.card_places(p_run text, p_telephone boolean) returns int[]
language plpgsql immutable as $$
declare
	v_chars text[] := string_to_array(p_run, null);
	v_places int[] := '{}'; -- of the n-th digit
	v_even int[] := '{0}'; -- sums up to the n-th digit: every even one doubled …
	v_odd int[] := '{0}'; -- … every odd one
	v_masked int[] := '{}';
	v_n int := 0;
	v_digit int;
	v_twice int;
	v_first int := 1;
	v_length int;
begin
	for i in 1..cardinality(v_chars) loop
		continue when v_chars[i] = ' ';
		v_n := v_n + 1;
		v_digit := v_chars[i];
		v_twice := 2 * v_digit - case when v_digit > 4 then 9 else 0 end;
		v_places[v_n] := i;
		v_even[v_n + 1] := v_even[v_n] + case when v_n % 2 = 0 then v_twice else v_digit end;
		v_odd[v_n + 1] := v_odd[v_n] + case when v_n % 2 = 1 then v_twice else v_digit end;
	end loop;
	if p_telephone and v_n <= 15 then
		return v_masked;
	end if;
	while v_first <= v_n - 12 loop
		v_length := null;
		if coalesce(v_chars[v_places[v_first] - 1], ' ') <> ' ' then
			null;
		elsif v_first % 2 = 1 then
			v_length := case
				when (v_odd[v_first + 16] - v_odd[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 15] + 1], ' ') = ' ' then 16
				when (v_even[v_first + 15] - v_even[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 14] + 1], ' ') = ' ' then 15
				when (v_odd[v_first + 14] - v_odd[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 13] + 1], ' ') = ' ' then 14
				when (v_even[v_first + 13] - v_even[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 12] + 1], ' ') = ' ' then 13
				when (v_even[v_first + 19] - v_even[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 18] + 1], ' ') = ' ' then 19
				when (v_odd[v_first + 18] - v_odd[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 17] + 1], ' ') = ' ' then 18
				when (v_even[v_first + 17] - v_even[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 16] + 1], ' ') = ' ' then 17 end;
		else
			v_length := case
				when (v_even[v_first + 16] - v_even[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 15] + 1], ' ') = ' ' then 16
				when (v_odd[v_first + 15] - v_odd[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 14] + 1], ' ') = ' ' then 15
				when (v_even[v_first + 14] - v_even[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 13] + 1], ' ') = ' ' then 14
				when (v_odd[v_first + 13] - v_odd[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 12] + 1], ' ') = ' ' then 13
				when (v_odd[v_first + 19] - v_odd[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 18] + 1], ' ') = ' ' then 19
				when (v_even[v_first + 18] - v_even[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 17] + 1], ' ') = ' ' then 18
				when (v_odd[v_first + 17] - v_odd[v_first]) % 10 = 0 and coalesce(v_chars[v_places[v_first + 16] + 1], ' ') = ' ' then 17 end;
		end if;
		if v_length is not null then
			v_masked := v_masked || v_places[v_first : v_first + v_length - 5];
		end if;
		v_first := v_first + coalesce(v_length, 1);
	end loop;
	return v_masked;
end $$;

create function internal.mask_cards(p_text text) returns text
language plpgsql immutable as $$
declare
	v_run text := '[0-9](?: {0,3}[0-9]){12,}';
	v_plain text;
	v_chars text[];
	v_begin int := 1;
	v_end int;
	v_place int;
begin
	if internal.may_hold_card(p_text) is not true then
		return p_text;
	end if;
	v_plain := internal.plain_digits(p_text);
	v_chars := string_to_array(p_text, null);
	loop
		v_begin := regexp_instr(v_plain, v_run, v_begin);
		exit when v_begin = 0;
		v_end := regexp_instr(v_plain, v_run, v_begin, 1, 1);
		foreach v_place in array internal.card_places(substr(v_plain, v_begin, v_end - v_begin), v_begin > 1 and substr(v_plain, v_begin - 1, 1) = '+') loop
			v_chars[v_begin + v_place - 1] := '*';
		end loop;
		v_begin := v_end;
	end loop;
	return array_to_string(v_chars, '');
end $$;

-- The same in every name and value of a JSON text. A number that is one becomes a string.
create function internal.mask_cards(p_json jsonb) returns jsonb
language plpgsql immutable as $$
declare
	v_text text;
begin
	if internal.may_hold_card(p_json::text) is not true then
		return p_json;
	end if;
	case jsonb_typeof(p_json)
	when 'object' then
		return (select jsonb_object_agg(internal.mask_cards(m.key), internal.mask_cards(m.value)) from jsonb_each(p_json) m);
	when 'array' then
		return (select jsonb_agg(internal.mask_cards(e.value) order by e.ord) from jsonb_array_elements(p_json) with ordinality e (value, ord));
	else
		v_text := internal.mask_cards(p_json #>> '{}');
		return case when v_text = p_json #>> '{}' then p_json else to_jsonb(v_text) end;
	end case;
end $$;

create function internal.masks_cards(p_site text) returns boolean
language plpgsql stable as $$
begin
	return (select s.mask_cards from chat.site s where s.site = p_site);
end $$;

-- What is stored of a text that a customer or an operator wrote in a chat of this site.
create function internal.masked(p_site text, p_text text) returns text
language plpgsql stable as $$
begin
	return case when internal.may_hold_card(p_text) and internal.masks_cards(p_site) then internal.mask_cards(p_text) else p_text end;
end $$;

create function internal.masked(p_site text, p_json jsonb) returns jsonb
language plpgsql stable as $$
begin
	return case when internal.may_hold_card(p_json::text) and internal.masks_cards(p_site) then internal.mask_cards(p_json) else p_json end;
end $$;

create function internal.masked(p_chat uuid, p_text text) returns text
language plpgsql stable as $$
begin
	return case when internal.may_hold_card(p_text) then internal.masked((select c.site from chat.chat c where c.chat = p_chat), p_text) else p_text end;
end $$;

-- The bodies of a batch.
create function internal.masked(p_chats uuid[], p_bodies text[]) returns text[]
language plpgsql stable as $$
begin
	if internal.may_hold_card(array_to_string(p_bodies, E'\n')) then
		return array(select internal.masked(m.chat, m.body) from unnest(p_chats, p_bodies) with ordinality m (chat, body, ord) order by m.ord);
	end if;
	return p_bodies;
end $$;
