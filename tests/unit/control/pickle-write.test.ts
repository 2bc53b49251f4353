/**
 * Replies byte for byte as captured from the original (B§3.4).
 * @module
 */
import { expect, test } from "vitest";
import { badSettings, CommandError, missingWord, unknownJail } from "../../../src/control/command-error.ts";
import { END_COMMAND } from "../../../src/control/frames.ts";
import { readPickle } from "../../../src/control/pickle-read.ts";
import { writePickle } from "../../../src/control/pickle-write.ts";
import { BanId, PyFloat, SharedText, tuple, type WireValue } from "../../../src/control/wire-value.ts";

const ids = ["198.51.100.8", "192.0.2.9", "192.0.2.10"].map((id) => new BanId(id));
const polling = new SharedText("polling");

const captured: readonly (readonly [name: string, value: WireValue, hex: string])[] = [
  ["the command ping", ["ping"], "8005950b000000000000005d948c0470696e6794612e"],
  ["the reply pong", tuple(0, "pong"), "8005950c000000000000004b008c04706f6e679486942e"],
  ["a command of two words", ["ping", "1.5"], "80059512000000000000005d94288c0470696e67948c03312e3594652e"],
  [
    "status",
    tuple(0, [tuple("Number of jail", 2), tuple("Jail list", "alpha, beta")]),
    "8005953a000000000000004b005d94288c0e4e756d626572206f66206a61696c944b0286948c094a61696c206c697374948c0b616c7068612c20626574619486946586942e",
  ],
  [
    "an unknown jail",
    tuple(1, unknownJail("nosuch").exception),
    "80059541000000000000004b018c136661696c3262616e2e657863657074696f6e73948c14556e6b6e6f776e4a61696c457863657074696f6e9493948c066e6f73756368948594529486942e",
  ],
  ["a number", tuple(0, 2), "80059507000000000000004b004b0286942e"],
  [
    "status of a jail, ban IDs as calls that share the class",
    tuple(0, [
      tuple("Filter", [
        tuple("Currently failed", 1),
        tuple("Total failed", 1),
        tuple("File list", ["/var/log/alpha.log"]),
      ]),
      tuple("Actions", [
        tuple("Currently banned", 3),
        tuple("Total banned", 3),
        tuple("Banned IP list", ids),
      ]),
    ]),
    "80059504010000000000004b005d94288c0646696c746572945d94288c1043757272656e746c79206661696c6564944b0186948c0c546f74616c206661696c6564944b0186948c0946696c65206c697374945d948c122f7661722f6c6f672f616c7068612e6c6f67946186946586948c07416374696f6e73945d94288c1043757272656e746c792062616e6e6564944b0386948c0c546f74616c2062616e6e6564944b0386948c0e42616e6e6564204950206c697374945d94288c086275696c74696e73948c037374729493948c0c3139382e35312e3130302e38948594529468168c093139322e302e322e39948594529468168c0a3139322e302e322e313094859452946586946586946586942e",
  ],
  [
    "a list of one path",
    tuple(0, ["/var/log/alpha.log"]),
    "8005951d000000000000004b005d948c122f7661722f6c6f672f616c7068612e6c6f67946186942e",
  ],
  [
    "a list of ban IDs",
    tuple(0, ids),
    "80059554000000000000004b005d94288c086275696c74696e73948c037374729493948c0c3139382e35312e3130302e38948594529468038c093139322e302e322e39948594529468038c0a3139322e302e322e313094859452946586942e",
  ],
  [
    "banned",
    tuple(0, [new Map([["alpha", ids]]), new Map([["beta", []]])]),
    "8005956f000000000000004b005d94287d948c05616c706861945d94288c086275696c74696e73948c037374729493948c0c3139382e35312e3130302e38948594529468068c093139322e302e322e39948594529468068c0a3139322e302e322e3130948594529465737d948c0462657461945d94736586942e",
  ],
  [
    "a date pattern, None in a tuple",
    tuple(0, tuple(null, "Epoch")),
    "80059510000000000000004b004e8c0545706f636894869486942e",
  ],
  [
    "stats, one text shared by two jails",
    tuple(
      0,
      new Map([
        ["alpha", [polling, tuple(1, 1), tuple(3, 3)]],
        ["beta", [polling, tuple(0, 0), tuple(0, 0)]],
      ]),
    ),
    "80059544000000000000004b007d94288c05616c706861945d94288c07706f6c6c696e67944b014b0186944b034b038694658c0462657461945d942868034b004b0086944b004b008694657586942e",
  ],
  [
    "a missing word",
    tuple(1, missingWord().exception),
    "8005953d000000000000004b018c086275696c74696e73948c0a496e6465784572726f729493948c176c69737420696e646578206f7574206f662072616e6765948594529486942e",
  ],
  [
    "a missing file, three arguments",
    tuple(
      1,
      new CommandError("builtins.FileNotFoundError", [2, "No such file or directory", "/nosuch/f"]).exception,
    ),
    "80059554000000000000004b018c086275696c74696e73948c1146696c654e6f74466f756e644572726f729493944b028c194e6f20737563682066696c65206f72206469726563746f7279948c092f6e6f737563682f66948794529486942e",
  ],
  [
    "a bad regex",
    tuple(1, badSettings("No failure-id group in 'zz'").exception),
    "80059556000000000000004b018c196661696c3262616e2e7365727665722e6661696c7265676578948c0e5265676578457863657074696f6e9493948c1b4e6f206661696c7572652d69642067726f757020696e20277a7a27948594529486942e",
  ],
  [
    "a bare text for garbage",
    "ERROR: Memo value not found at index 101",
    "8005952c000000000000008c284552524f523a204d656d6f2076616c7565206e6f7420666f756e6420617420696e64657820313031942e",
  ],
  ["None without a frame", null, "80054e2e"],
  ["zero without a frame", 0, "80054b002e"],
  ["a small frame", 256, "80059504000000000000004d00012e"],
  ["a float", new PyFloat(600), "8005950a00000000000000474082c000000000002e"],
];

for (const [name, value, hex] of captured) {
  test(`writePickle gives ${name} as Python does`, () => {
    expect(writePickle(value).toString("hex")).toBe(hex);
  });
}

test("writePickle never lets a text of a log line end the message early", () => {
  const hostile = `a${END_COMMAND}\\ü\n😀`;
  const bytes = writePickle(tuple(0, [hostile]));
  expect(bytes.includes(END_COMMAND)).toBe(false);
  expect(readPickle(bytes)).toEqual(tuple(0, [hostile]));
});
