-- SPDX-License-Identifier: ISC
-- For wrk: chat requests, each with a key of its own. Each thread of wrk begins its dice elsewhere.

local threads = 0
function setup(thread)
	threads = threads + 1
	thread:set('number', threads)
end

function init()
	math.randomseed(os.time() * 100 + number)
end

function chat_request()
	local hex = {}
	for i = 1, 8 do hex[i] = string.format('%04x', math.random(0, 65535)) end
	local key = hex[1] .. hex[2] .. '-' .. hex[3] .. '-4' .. string.sub(hex[4], 2) .. '-a' .. string.sub(hex[5], 2) .. '-' .. hex[6] .. hex[7] .. hex[8]
	return wrk.format('POST', '/chat/api/v1/chats', { ['Content-Type'] = 'application/json' },
		'{"request_key":"' .. key .. '","widget":"demo-shop","name":"Kim","locale":"en","page_url":"https://shop.example/teapot"}')
end

function request()
	return chat_request()
end
