-- Chat requests of a given size, each a little different from the one before
-- (else the log would store them all once).
--   wrk -s post.lua URL -- MODEL BYTES KEY
local head, tail, n

function init(args)
	local bytes = tonumber(args[2])
	head = '{"model":"' .. args[1] ..
	    '","messages":[{"role":"user","content":"'
	tail = '"}]}'
	local fill = bytes - #head - #tail - 12
	tail = string.rep("lorem ", math.floor(math.max(fill, 0) / 6)) .. tail
	math.randomseed(os.time())
	n = math.random(1, 1000000) * 100000
	wrk.headers["Content-Type"] = "application/json"
	wrk.headers["Authorization"] = "Bearer " .. args[3]
end

function request()
	n = n + 1
	return wrk.format("POST", nil, nil,
	    head .. string.format("%012d", n) .. tail)
end
