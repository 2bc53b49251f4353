/**
 * What `gaoler --help` says.
 * @module
 */

export const HELP = `gaoler: watches logs, recognises attackers by your own fail2ban filters, and bans them for a while

Usage: gaoler COMMAND [ARGUMENTS]

  run               watch this machine in the foreground and show what happens   (npm start)
  demo              see a ban in the kernel in ten seconds; touches nothing      (npm run demo)
  regex LOG FILTER  try a filter on a log
  test-filters      run all filters on their sample logs (docs/samples.md)
  lint [FILTER]     what is wrong with filters though they work       (docs/lint.md)
  doctor            what was found on this machine, what was chosen, why

  start             start the daemon in the background
  stop              end it; no rule stays, the database keeps the bans
  reload [JAIL]     read the configuration again
  status [JAIL]     jails, failures, bans
  banned [IP...]    who is banned, or by which jails
  ban JAIL IP...    ban by hand; ignored and own addresses only with --force
  unban IP...       let go, in all jails (unban --all: everybody)
  ping, version     is it there, and which

status, banned, ban, unban, ping and version take --json, for scripts (docs/protocol.md).

  server, client    exactly fail2ban-server and fail2ban-client: all their options and commands

  shims VERB DIR    install or remove fail2ban-client, -server and -regex in DIR, which call gaoler

  -h, --help        this text; COMMAND --help says more
  --version         gaoler's own version

The configuration is looked for in -c DIR, else /etc/gaoler, else /etc/fail2ban, else what ships with gaoler.
`;
