/**
 * A firewall-cmd that remembers direct rules, so that what is asked for can be taken back.
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Programs } from "./programs.ts";

/** Lets firewall-cmd remember them in a file named `direct`, empty at first. */
export function firewalld(programs: Programs): void {
  rmSync(join(programs.directory, "direct"), { force: true });
  programs.says(
    "firewall-cmd",
    `state=$OUT/direct
[ -e "$state" ] || : >"$state"
[ "$1" = --direct ] || return 0
shift
verb=$1
shift
case $verb in
  --add-rule) printf '%s\\n' "$*" >>"$state" ;;
  --remove-rule) grep -qxF -e "$*" "$state" || exit 1; grep -vxF -e "$*" "$state" >"$state.new"; mv "$state.new" "$state" ;;
  --remove-rules) grep -v "^$* " "$state" >"$state.new"; mv "$state.new" "$state" ;;
  --query-rule) grep -qxF -e "$*" "$state" || exit 1 ;;
  --get-rules) sed -n "s/^$* //p" "$state" ;;
esac
`,
  );
}
