import { expect, test } from "vitest";
import { distributionPaths } from "../../../src/cli/distribution-paths.ts";
import { memoryFiles } from "../config/memory-files.ts";

const PATHS = Object.fromEntries(
  ["debian", "fedora", "arch", "opensuse"].map((name) => [`/stock/paths-${name}.conf`, "[DEFAULT]\n"]),
);

const MACHINES: readonly (readonly [what: string, release: string, paths: string | undefined])[] = [
  ["Debian", 'NAME="Debian GNU/Linux"\nID=debian\n', "debian"],
  ["a relative of Ubuntu", 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', "debian"],
  ["Fedora", "NAME='Fedora Linux'\nID=fedora\n", "fedora"],
  ["a relative of Red Hat's", 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', "fedora"],
  ["Arch", "ID=arch\n", "arch"],
  ["a relative of Arch", "ID=manjaro\nID_LIKE=arch\n", "arch"],
  ["openSUSE", 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n', "opensuse"],
  ["SUSE's server", 'ID="sles"\nID_LIKE="suse"\n', "opensuse"],
  ["something else", "ID=alpine\nVERSION_ID=3\n", undefined],
  ["a name that only looks like it", "ID=notdebian\nNAME=debian\n", undefined],
  ["nothing", "", undefined],
];

test.each(MACHINES)("%s has its paths", (_, release, paths) => {
  const found = distributionPaths(memoryFiles({ ...PATHS, "/etc/os-release": release }), "/stock");
  expect(found?.file).toBe(paths === undefined ? undefined : `/stock/paths-${paths}.conf`);
});

test("the machine's own name is for people, without quotes", () => {
  const files = memoryFiles({ ...PATHS, "/usr/lib/os-release": "NAME='Fedora Linux'\nID=fedora\n" });
  expect(distributionPaths(files, "/stock")?.name).toBe("Fedora Linux");
});

test("a machine that says nothing, and a stock without the file, have none", () => {
  expect(distributionPaths(memoryFiles(PATHS), "/stock")).toBeUndefined();
  expect(distributionPaths(memoryFiles({ "/etc/os-release": "ID=arch\n" }), "/stock")).toBeUndefined();
});
