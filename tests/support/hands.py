"""The hands of a reader of the playground: keys or a finger, and the patience to wait for it."""

import pytest

WIDE, PHONE = {"width": 1280, "height": 1000}, {"width": 390, "height": 844}
TOUCH = dict(viewport=PHONE, has_touch=True, is_mobile=True)
WAIT = 90_000  # milliseconds, for a machine whose cores are all busy, or a kernel that compiles
# A tenth of the time, where a test is of something other than the values themselves.
SMALL = "n=60&hidden=100&step=4"
# The place that is drawn is the one that was measured, and the address holds it.
SETTLED = """() => playground.values && playground.base && !playground.timers?.address
  && String(playground.measured) === String(playground.probe)"""
FULL = """() => playground.cells && playground.cells.done === playground.cells.blocks.length
  && !playground.timers?.map"""
# How far down its list an option is from the one that is chosen.
BELOW = """([name, value]) => { const list = document.querySelector(`select[name=${name}]`);
  return [...list.options].findIndex(one => one.value === value) - list.selectedIndex; }"""
STOPS = 80  # more than the page has
# What a page that is still waited for is at.
STATE = """() => JSON.stringify({ turn: playground.turn, asked: playground.asked,
  answered: playground.answered, fits: playground.fits, probe: playground.probe,
  measured: playground.measured, base: !!playground.base, values: !!playground.values,
  timers: Object.keys(playground.timers), cells: playground.cells?.done,
  said: document.querySelector(".said").textContent,
  problem: document.querySelector(".problem").textContent })"""


def wait_until(page, condition, **options):
    """Wait for a condition in JavaScript; if it does not come, say what the page is at."""
    from playwright.sync_api import TimeoutError

    try:
        page.wait_for_function(condition, timeout=WAIT, **options)
    except TimeoutError as late:
        raise AssertionError(f"{condition} is not so yet: {page.evaluate(STATE)}") from late


def settle(page):
    """Wait until what was changed is measured and in the address; returns the sentence."""
    wait_until(page, SETTLED)
    return page.inner_text(".said")


def wait_for_map(page):
    wait_until(page, FULL)


class Keys:
    """A reader without a pointer: Tab, arrows and letters."""

    def __init__(self, page):
        self.page = page

    def tab_to(self, query):
        """Press Tab until the element is focused."""
        for _ in range(STOPS):
            if self.page.evaluate("query => document.activeElement.matches(query)", query):
                return
            self.press("Tab")
        raise AssertionError(f"Tab never reaches {query}")

    def press(self, key, times=1):
        for _ in range(times):
            self.page.keyboard.press(key)

    def move(self, x, y):
        """Move the point by arrows, to a multiple of half a unit from where it is."""
        self.tab_to("canvas")
        here = self.page.evaluate("playground.probe")
        for target, start, keys in ((x, here[0], ("Left", "Right")), (y, here[1], ("Down", "Up"))):
            far, rest = divmod(abs(target - start), 2)
            key = f"Arrow{keys[target > start]}"
            self.press(f"Shift+{key}", int(far))  # two units
            self.press(key, int(2 * rest))  # half a unit
        assert self.page.evaluate("playground.probe")[:2] == [x, y]

    def label(self, text):
        self.tab_to("canvas")
        self.press(text)

    def choose(self, name, value):
        self.tab_to(f'select[name="{name}"]')
        steps = self.page.evaluate(BELOW, [name, str(value)])
        self.press("ArrowDown" if steps > 0 else "ArrowUp", abs(steps))
        assert self.page.input_value(f'select[name="{name}"]') == str(value)

    def write(self, name, text):
        """Type into a field, in place of what is there."""
        self.tab_to(f'[name="{name}"]')
        self.press("Control+a")
        self.press("Delete")
        self.page.keyboard.type(text)
        self.press("Enter")

    def push(self, what):
        self.tab_to(f'[data-do="{what}"]')
        self.press("Enter")


class Finger:
    """A reader with a phone, for a page that was opened with the options TOUCH."""

    def __init__(self, page):
        self.page = page

    def place(self, x, y):
        """Pixels of the viewport where the plane has (x, y), once the plane is in view."""
        plane, (low, high) = self.page.locator("canvas"), self.page.evaluate("playground.range")
        plane.scroll_into_view_if_needed()
        box = plane.bounding_box()
        right, up = ((v - low) / (high - low) * box["width"] for v in (x, y))
        return box["x"] + right, box["y"] + box["height"] - up

    def tap(self, x, y):
        self.page.touchscreen.tap(*self.place(x, y))

    def move(self, x, y):
        """Put the finger on the point, drag it there, and lift the finger."""
        a, b = self.page.evaluate("playground.probe")[:2]
        devtools = self.page.context.new_cdp_session(self.page)

        def touch(kind, *places):
            points = [dict(zip("xy", self.place(*place), strict=True)) for place in places]
            devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", (a, b))
        touch("touchMove", ((a + x) / 2, (b + y) / 2))
        touch("touchMove", (x, y))
        touch("touchEnd")
        devtools.detach()
        there = self.page.evaluate("playground.probe")[:2]
        assert there == pytest.approx([x, y], abs=0.2)  # two pixels

    def label(self, text):
        self.page.locator(f'[name="label"][value="{text}"]').tap()

    def choose(self, name, value):
        """The phone's own picker shows the options, and no page can tap there."""
        self.page.locator(f'[name="{name}"]').select_option(str(value))

    def write(self, name, text):
        field = self.page.locator(f'[name="{name}"]')
        field.tap()
        field.fill(text)
        field.press("Enter")

    def push(self, what):
        self.page.locator(f'[data-do="{what}"]').tap()
