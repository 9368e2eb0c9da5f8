/** Text in a terminal: nothing is wider than the window, nothing is lost, colours and wide letters are counted right. */
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFlow } from "../../cli/terminal/flow.ts";
import {
  bytes,
  clockTime,
  columnsOf,
  dayAndTime,
  duration,
  localDay,
  table,
  together,
  usd,
  wrap,
} from "../../cli/terminal/layout.ts";
import { paintFor } from "../../cli/terminal/paint.ts";

const words = fc.array(fc.stringMatching(/^[a-zа-я]{1,12}$/), { maxLength: 40 });

describe("wrap", () => {
  test("keeps every word, in order, within the width", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 20, max: 100 }), (said, width) => {
        const lines = wrap(said.join(" "), { width, indent: "  " }).split("\n");
        expect(lines.join(" ").split(/\s+/).filter(Boolean)).toEqual(said);
        for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  test("keeps line breaks, begins as it is told, and does not part what belongs together", () => {
    expect(wrap("one\ntwo", { width: 40, first: "- ", indent: "  " })).toBe("- one\n  two");
    expect(wrap(`it took ${together("12 s")}`, { width: 11 })).toBe("it took\n12 s");
  });
});

describe("a flow", () => {
  test("lays out pieces as wrap lays out the whole, wherever they were cut", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 9 }), (said, size) => {
        const whole = said.join(" ");
        const flow = createFlow({ width: 30 });
        let out = "";
        for (let at = 0; at < whole.length; at += size) out += flow.take(whole.slice(at, at + size));
        expect(out + flow.end()).toBe(wrap(whole, { width: 30 }));
      }),
    );
  });

  test("shows a word only once it is whole", () => {
    const flow = createFlow({ width: 10, from: 8 });
    expect(flow.take("long")).toBe("");
    expect(flow.take("er ")).toBe("longer");
    expect(flow.take("next")).toBe("");
    expect(flow.end()).toBe("\nnext");
  });
});

describe("columns", () => {
  test("colours take none, wide letters take two", () => {
    expect(columnsOf("\u001b[31mred\u001b[39m")).toBe(3);
    expect(columnsOf("日本")).toBe(4);
    expect(columnsOf("👍")).toBe(2);
    expect(columnsOf("е́")).toBe(1);
  });

  test("a table lines them up", () => {
    const rows = [
      ["name", "age"],
      ["\u001b[1m日\u001b[22m", "12"],
    ];
    expect(table(rows, { right: [1] })).toBe("name  age\n\u001b[1m日\u001b[22m     12");
  });
});

test("figures read as people say them", () => {
  expect([0, 400, 9_949, 12_345, 125_000, 3_600_000, 37_000_000, 190_000_000].map(duration)).toEqual([
    "0.0 s",
    "0.4 s",
    "9.9 s",
    "12 s",
    "2 min",
    "1 h",
    "10 h 17 min",
    "2 d 5 h",
  ]);
  expect([0, 812, 3_482, 40_000_000].map(bytes)).toEqual(["0 B", "812 B", "3.4 KiB", "38 MiB"]);
  expect([0, 0.00042, 1.2].map(usd)).toEqual(["$0.00", "$0.0004", "$1.20"]);
});

test("times are those of the machine's own zone", () => {
  const zone = process.env["TZ"];
  onTestFinished(() => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });
  process.env["TZ"] = "Pacific/Kiritimati";
  const at = Date.UTC(2026, 0, 5, 20, 3);
  expect([localDay(at), dayAndTime(at), clockTime(at)]).toEqual(["2026-01-06", "2026-01-06 10:03", "10:03:00"]);
});

test("an agent has its hue on a terminal, and none in a pipe", () => {
  const terminal = Object.assign(Object.create(process.stdout), { isTTY: true, getColorDepth: () => 8 });
  expect(paintFor(terminal).agent("nexus")).toBe("\u001b[38;5;79mnexus\u001b[39m");
  expect(paintFor(terminal).agent("of-my-own")).toBe(paintFor(terminal).agent("of-my-own"));
  const pipe = Object.assign(Object.create(process.stdout), { isTTY: false, getColorDepth: () => 8 });
  expect(paintFor(pipe).agent("nexus")).toBe("nexus");
});
