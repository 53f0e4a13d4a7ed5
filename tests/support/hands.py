"""The hands of a reader of the playground: keys, a finger, and the patience to wait for it."""

WIDE, PHONE = {"width": 1280, "height": 1000}, {"width": 390, "height": 844}
WAIT = 30_000  # milliseconds, for a machine whose cores are all busy
# A tenth of the time, where a test is of something other than the values themselves.
SMALL = "n=60&hidden=100&step=4"
# The place that is drawn is the one that was measured, and the address holds it.
SETTLED = """() => playground.values && playground.base && !playground.timers?.address
  && String(playground.measured) === String(playground.probe)"""
FULL = """() => playground.cells && playground.cells.done === playground.cells.blocks.length
  && !playground.timers?.map"""
STOPS = 80  # more than the page has


def settle(page):
    """Wait until what was changed is measured and in the address; returns the sentence."""
    page.wait_for_function(SETTLED, timeout=WAIT)
    return page.inner_text(".said")


def wait_for_map(page):
    page.wait_for_function(FULL, timeout=WAIT)


# --- keys ---------------------------------------------------------------------------------------
def tab_to(page, query):
    """Press Tab until the element is focused."""
    for _ in range(STOPS):
        if page.evaluate("query => document.activeElement.matches(query)", query):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {query}")


def press(page, key, times=1):
    for _ in range(times):
        page.keyboard.press(key)


def fill(page, name, text):
    """Type into a field in place of what is there."""
    tab_to(page, f'[name="{name}"]')
    press(page, "Control+a")
    page.keyboard.type(text)
    press(page, "Enter")


def choose(page, name, value):
    """Go to an option of a list by the arrows."""
    tab_to(page, f'select[name="{name}"]')
    places = """([name, value]) => { const list = document.querySelector(`select[name=${name}]`);
      return [...list.options].findIndex(one => one.value === value) - list.selectedIndex; }"""
    steps = page.evaluate(places, [name, str(value)])
    press(page, "ArrowDown" if steps > 0 else "ArrowUp", abs(steps))
    assert page.input_value(f'select[name="{name}"]') == str(value)


# --- a finger -----------------------------------------------------------------------------------
def place(page, x, y):
    """Pixels of the viewport where the plane has (x, y), once the plane is in view."""
    page.locator("canvas").scroll_into_view_if_needed()
    box, (low, high) = page.locator("canvas").bounding_box(), page.evaluate("playground.range")
    across = (x - low) / (high - low) * box["width"]
    return box["x"] + across, box["y"] + box["height"] - (y - low) / (high - low) * box["height"]


def tap(page, x, y):
    page.touchscreen.tap(*place(page, x, y))


def drag(page, *places):
    """Put a finger on the first place, move it over the others, and lift it."""
    fingers = [dict(zip("xy", place(page, x, y), strict=True)) for x, y in places]
    devtools = page.context.new_cdp_session(page)

    def touch(kind, *points):
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", fingers[0])
    for finger in fingers[1:]:
        touch("touchMove", finger)
    touch("touchEnd")
    devtools.detach()
