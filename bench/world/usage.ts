/**
 * What running processes have used, by `/proc`.
 * @module
 */
import { readdirSync, readFileSync } from "node:fs";

/** The kernel counts in hundredths of a second wherever Node.js runs. */
const TICKS_A_SECOND = 100;
const NS = 1e9;

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    // it has ended meanwhile
    return "";
  }
}

/** Seconds of the processor that a process has used, with all its threads and the children that it has seen end; to a hundredth. */
export function cpuOf(pid: number): number {
  const stat = read(`/proc/${pid}/stat`);
  // the name of the program, in brackets, may hold anything
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return ticks / TICKS_A_SECOND;
}

/** Seconds of the processor that the threads of a process have used, exactly; those that have ended are not counted. */
export function threadsCpuOf(pid: number): number {
  let threads: string[] = [];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return 0;
  }
  const used = threads.map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(" ")[0]));
  return used.reduce((sum, value) => sum + value, 0) / NS;
}

/** MiB of a line of `/proc/PID/status`; 0 once it is gone. */
function statusMib(pid: number, name: "VmRSS" | "VmHWM"): number {
  const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(read(`/proc/${pid}/status`))?.[1];
  return Number(kib ?? 0) / 1024;
}

/** Resident memory, MiB. */
export const residentOf = (pid: number): number => statusMib(pid, "VmRSS");
/** The most that it ever had resident, MiB. */
export const peakOf = (pid: number): number => statusMib(pid, "VmHWM");
