-- Copyright 2026 The Music Neurons authors
-- SPDX-License-Identifier: ISC

ardour {
	["type"]    = "session",
	name        = "Music Neurons: Automate a Plugin",
	license     = "ISC",
	author      = "The Music Neurons authors",
	description = [[While the transport rolls, a parameter of another plugin follows a neuron (or musicality, or noise) of Music Neurons. If the parameter's automation is in Write, Touch or Latch, Ardour records it; in Play, the script leaves it alone. For each further parameter, add the script again under another name.]]
}

-- The numbers tell the order: Ardour asks in any.
function sess_params ()
	return {
		["source"]    = { title = "1. Follow (neuron 1 to neuron 16, musicality, noise)", default = "neuron 1" },
		["parameter"] = { title = "2. Parameter, by its name", default = "" },
		["plugin"]    = { title = "3. Its plugin, by name (empty: the next after Music Neurons)", default = "", optional = true },
		["track"]     = { title = "4. Its track or bus (empty: that of Music Neurons)", default = "", optional = true },
		["listener"]  = { title = "5. Track of Music Neurons (empty: the first that has it)", default = "", optional = true },
		["low"]       = { title = "6. Low end, in percent of the parameter's range", default = "0", optional = true },
		["high"]      = { title = "7. High end, in percent of the parameter's range", default = "100", optional = true },
		["invert"]    = { title = "8. Invert (yes/no)", default = "no", optional = true },
	}
end

-- Called in the process callback, before the plugins run, so that a value is one
-- cycle old. Ardour keeps only the factory, so all that it needs is inside.
function factory (params)
	local URI = "urn:music-neurons:monitor"
	local INTERVAL, PATIENCE = 0.01, 1 -- seconds: between two values, and two searches

	-- Names as people write them: "Neuron 1", "neuron_1".
	local function plain (name)
		return (name:lower ():gsub ("%W+", " "):gsub ("^ ", ""):gsub (" $", ""))
	end

	local function given (key, default)
		local value = params[key]
		return (value and value:find ("%S")) and value or default
	end

	local function percent (key, default)
		return math.max (0, math.min ((tonumber (given (key, default)) or default) / 100, 1))
	end

	local wanted = plain (given ("source", "neuron 1"))
	local low, high = percent ("low", 0), percent ("high", 100)
	local invert = plain (given ("invert", "no")):sub (1, 1) == "y"
	if wanted == "noise" then
		wanted, invert = "musicality", not invert
	end
	if invert then
		low, high = high, low
	end

	-- What has been found: only ids. The user may remove a plugin at any time, so
	-- the script holds no plugin, and nothing that belongs to one.
	local source_id, source_index, bottom, top
	local target_id, parameter
	local wait = 0 -- samples until the next value or search
	local is_silent = false -- has already said what is missing

	local function complain (what)
		if not is_silent then
			print ("Music Neurons: there is no " .. what)
			is_silent = true
		end
	end

	-- The first plugin on a route that `fits`, and its place there.
	local function plugin_on (route, fits, first)
		local place = first or 0
		local processor = route:nth_plugin (place)
		while not processor:isnil () do
			if fits (processor) then return processor, place end
			place = place + 1
			processor = route:nth_plugin (place)
		end
	end

	local function is_listener (processor)
		return processor:to_insert ():plugin (0):unique_id () == URI
	end

	-- The listener's route, the listener, and its place there.
	local function find_listener ()
		local name = given ("listener")
		for route in Session:get_routes ():iter () do
			if not name or route:name () == name then
				local processor, place = plugin_on (route, is_listener)
				if processor then return route, processor, place end
			end
		end
	end

	local function find_target (route, place)
		local track, name = given ("track"), given ("plugin")
		if track then
			route = Session:route_by_name (track)
			if route:isnil () then return nil end
		end
		name = name and plain (name)
		local function is_target (processor)
			return name == plain (processor:display_name ())
				or name == plain (processor:to_insert ():plugin (0):name ())
				or not name and not is_listener (processor)
		end
		return (plugin_on (route, is_target, not (track or name) and place + 1 or 0))
	end

	-- The number of a control port with this name, and its place among the control
	-- ports of both directions.
	local function find_port (plugin, name, is_output)
		local index = 0
		for port = 0, plugin:parameter_count () - 1 do
			if plugin:parameter_is_control (port) then
				if plugin:parameter_is_output (port) == is_output and plain (plugin:parameter_label (port)) == name then
					return port, index
				end
				index = index + 1
			end
		end
	end

	-- A copy, because what id() returns ends with the processor.
	local function id_of (processor)
		return PBD.ID (processor:to_stateful ():id ():to_s ())
	end

	local function find ()
		local route, listener, place = find_listener ()
		if not route then return complain ("Music Neurons on " .. given ("listener", "any track")) end
		local insert = listener:to_insert ()
		local output, index = find_port (insert:plugin (0), wanted, true)
		if not output then return complain ("output " .. wanted) end

		local target = find_target (route, place)
		if not target then return complain ("plugin " .. given ("plugin", "after it")) end
		local name = given ("parameter", "")
		local port = find_port (target:to_insert ():plugin (0), plain (name), false)
		if not port then return complain ("parameter " .. name) end

		local range = ARDOUR.ParameterDescriptor ()
		insert:plugin (0):get_parameter_descriptor (output, range)
		bottom, top = range.lower, range.upper
		source_id, source_index = id_of (listener), index
		target_id = id_of (target)
		parameter = Evoral.Parameter (ARDOUR.AutomationType.PluginAutomation, 0, port)
		is_silent = false
	end

	-- A share of the parameter's range, in the parameter's units, as on its knob.
	local function in_units (share, desc)
		local least, most = desc.lower, desc.upper
		if desc.toggled then
			return share >= 0.5 and most or least
		elseif desc.logarithmic and least * most > 0 then
			return least * (most / least) ^ share
		end
		local value = least + share * (most - least)
		return desc.integer_step and math.floor (value + 0.5) or value
	end

	-- Writes the value. Returns whether both plugins are still there.
	local function write ()
		local source, target = Session:processor_by_id (source_id), Session:processor_by_id (target_id)
		if source:isnil () or target:isnil () then return false end

		local value = ARDOUR.LuaAPI.get_processor_param (source, source_index, false)
		local share = math.max (0, math.min ((value - bottom) / (top - bottom), 1))
		local control = target:to_automatable ():automation_control (parameter, false)
		-- In Touch, Ardour records while a control is held: hold it until the transport stops.
		if control:automation_state () == ARDOUR.AutoState.Touch then
			control:start_touch (Temporal.timepos_t (Session:transport_sample ()))
		end
		control:set_value (in_units (low + share * (high - low), control:desc ()),
			PBD.GroupControlDisposition.NoGroup)
		return true
	end

	return function (n_samples)
		wait = wait - n_samples
		if wait > 0 or not Session:transport_rolling () then return end
		if not source_id then find () end
		if source_id and not write () then
			source_id = nil
		end
		-- Also if nothing changes, because automation is a slope between two points.
		wait = (source_id and INTERVAL or PATIENCE) * Session:nominal_sample_rate ()
	end
end
