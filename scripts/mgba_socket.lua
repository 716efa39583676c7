-- Lets a program on this machine drive a visible mGBA: in mGBA open Tools > Scripting..., there File > Load script...
--
-- Speaks the text protocol of mGBA-http's script (0.6 to 0.10), so that either script serves `pmd_gym`: a request is
-- `command,argument,...<|END|>`, each is answered in order by `value<|END|>`, `<|SUCCESS|><|END|>` or `<|ERROR|><|END|>`.
-- Three things differ: it listens on this machine only, a reply is always sent to its end, and nothing is logged.

local PORT = 8888
local ADDRESS = "127.0.0.1"
local END, DONE, FAILED = "<|END|>", "<|SUCCESS|>", "<|ERROR|>"
local LONGEST_REQUEST = 2000000 -- a savestate as text is 1.2 million characters

local HEX = {}
for byte = 0, 255 do
  HEX[string.char(byte)] = string.format("%02x,", byte)
end

local function as_text(bytes)
  return (bytes:gsub(".", HEX):sub(1, -2))
end

local function as_bytes(text)
  return (text:gsub("%x%x,?", function(pair) return string.char(tonumber(pair:sub(1, 2), 16)) end))
end

-- The four bytes as one number, in the order that mGBA-http's script writes them.
local function checksum()
  local first, second, third, fourth = emu:checksum(C.CHECKSUM.CRC32):byte(1, 4)
  return first << 24 | second << 16 | third << 8 | fourth
end

local COMMANDS = {
  ["core.checksum"] = checksum,
  ["core.currentFrame"] = function() return emu:currentFrame() end,
  ["core.getGameCode"] = function() return emu:getGameCode() end,
  ["core.getGameTitle"] = function() return emu:getGameTitle() end,
  ["core.getKeys"] = function() return emu:getKeys() end,
  ["core.loadStateBuffer"] = function(bytes, flags) return emu:loadStateBuffer(as_bytes(bytes), tonumber(flags)) end,
  ["core.loadStateFile"] = function(path, flags) return emu:loadStateFile(path, tonumber(flags)) end,
  ["core.platform"] = function() return emu:platform() end,
  ["core.read8"] = function(address) return emu:read8(tonumber(address)) end,
  ["core.read16"] = function(address) return emu:read16(tonumber(address)) end,
  ["core.read32"] = function(address) return emu:read32(tonumber(address)) end,
  ["core.readRange"] = function(address, size) return as_text(emu:readRange(tonumber(address), tonumber(size))) end,
  ["core.saveStateBuffer"] = function(flags) return as_text(emu:saveStateBuffer(tonumber(flags))) end,
  ["core.saveStateFile"] = function(path, flags) return emu:saveStateFile(path, tonumber(flags)) end,
  ["core.screenshot"] = function(path) emu:screenshot(path) end,
  ["core.setKeys"] = function(mask) emu:setKeys(tonumber(mask)) end,
  ["coreAdapter.reset"] = function() emu:reset() end,
}

-- The words of a request; one in brackets may hold commas.
local function words(request)
  local found, rest = {}, request
  while rest ~= "" do
    local word, after = rest:match("^%[([^%]]*)%],?(.*)$")
    if not word then
      word, after = rest:match("^([^,]*),?(.*)$")
    end
    found[#found + 1], rest = word, after
  end
  return found
end

local function answer(request)
  local found = words(request:match("^(.-)%s*$"))
  local command = COMMANDS[found[1]]
  if not command then
    return FAILED
  end
  local worked, value = pcall(command, table.unpack(found, 2))
  if not worked then
    console:error(tostring(value))
    return FAILED
  end
  return value == nil and DONE or tostring(value)
end

-- Sends as much as the other side takes; the next frame sends the rest. mGBA 0.10 says 1 also where nothing was taken.
local function send(peer)
  while peer.unsent ~= "" do
    local part = peer.unsent:sub(1, 65536)
    local sent = peer.socket:send(part)
    if not sent or sent <= 0 or (sent == 1 and #part > 1) then
      return
    end
    peer.unsent = peer.unsent:sub(sent + 1)
  end
end

local peers = {}

local function take_requests(peer)
  while true do
    local first, last = peer.unread:find(END, 1, true)
    if not first then
      return
    end
    local request = peer.unread:sub(1, first - 1)
    peer.unread = peer.unread:sub(last + 1)
    peer.unsent = peer.unsent .. answer(request) .. END
  end
end

-- True while the peer is there. Answers are sent only when everything is read: to write to a peer that has hung up would
-- end mGBA (SIGPIPE). A socket that has something for us and then gives nothing has hung up, whatever error it names.
local function serve(peer)
  if not peer.socket:hasdata() then
    send(peer)
    return true
  end
  local data, problem = peer.socket:receive(65536)
  if not data then
    return false
  end
  while data do
    peer.unread = peer.unread .. data
    data, problem = peer.socket:receive(65536)
  end
  if problem ~= socket.ERRORS.AGAIN or #peer.unread > LONGEST_REQUEST then
    return false
  end
  take_requests(peer)
  send(peer)
  return true
end

-- mGBA's own events miss hang-ups, because the error of an earlier call is named again; so the sockets stay without
-- them, and the one callback below asks all of them once a frame.
local function unhooked(connection)
  return socket._create(connection, socket._tcpMT)
end

local function listen()
  local server = unhooked(_socket.create())
  local bound, problem = server:bind(ADDRESS, PORT)
  if not bound or server._s:listen(1) ~= 0 then
    console:error("Port " .. PORT .. " cannot be used (" .. tostring(problem) .. "); change PORT in this script.")
    return
  end
  callbacks:add("frame", function()
    if server:hasdata() then
      local connection = server._s:accept()
      if connection.error == 0 then
        peers[#peers + 1] = { socket = unhooked(connection), unread = "", unsent = "" }
      end
    end
    for index = #peers, 1, -1 do
      if not serve(peers[index]) then
        table.remove(peers, index).socket:close()
      end
    end
  end)
  console:log("Listening on " .. ADDRESS .. ":" .. PORT)
end

listen()
