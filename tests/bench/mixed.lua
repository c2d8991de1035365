-- SPDX-License-Identifier: ISC
-- For wrk: whatever a worker is asked for, good and bad, in turn.

dofile((os.getenv('BENCH_DIR') or 'tests/bench') .. '/chats.lua')

local json = { ['Content-Type'] = 'application/json' }
local turn = 0
local turns = {
	function() return wrk.format('GET', '/chat/api/v1/widgets/demo-shop') end,
	function() return wrk.format('GET', '/chat/api/v1/widgets/demo-shop?locale=de') end,
	function() return wrk.format('GET', '/chat/api/v1/widgets/no-such-shop') end,
	function() return wrk.format('GET', '/chat/widget/?key=demo-shop') end,
	function() return wrk.format('GET', '/chat/api/v1/session') end,
	function() return wrk.format('POST', '/chat/api/v1/chats', json, '{"request_key":1}') end,
	function() return wrk.format('POST', '/chat/api/v1/chats', json, '{') end,
	function() return chat_request() end,
}

function request()
	turn = turn % #turns + 1
	return turns[turn]()
end
