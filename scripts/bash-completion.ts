/**
 * The bash completion of `gaoler`, made of what its commands say of themselves, so that it offers no option that is none. Knows no files.
 * @module
 */

interface CompletionSources {
  /** by command its help */
  readonly commands: ReadonlyMap<string, string>;
}

/** Commands of which the first word is a jail; the daemon is asked for their names. */
const JAIL_BEHIND = "status|stats|reload|restart|ban";
/** Commands of which a word is an address that is banned now. */
const BANNED_BEHIND = "unban|banned";
/** Commands that read files, or a filter by its path. */
const FILES_BEHIND = "regex|lint|test-filters|shims";
/** Exactly fail2ban's faces, which have options of their own. */
const FACES = ["server", "client", "help"];

/** The completion script. */
export function bashCompletion({ commands }: CompletionSources): string {
  const names = [...commands.keys(), ...FACES].join(" ");
  const cases = Array.from(commands, ([name, help]) => `    ${name}) words='${optionsOf(help)}' ;;`);
  return `# Completion of gaoler for bash: in ~/.local/share/bash-completion/completions/gaoler, or sourced from ~/.bashrc.
# zsh takes it after \`autoload -U +X bashcompinit && bashcompinit\`. Written by \`npm run man\`.

_gaoler_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

_gaoler() {
  local word=\${COMP_WORDS[COMP_CWORD]} program=\${COMP_WORDS[0]} command= words= at
  local -a place=()
  COMPREPLY=()
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      -c | --conf | -s | --socket)
        place+=("\${COMP_WORDS[at]}" "\${COMP_WORDS[at + 1]}")
        ((++at))
        ;;
      -*) ;;
      *)
        command=\${COMP_WORDS[at]}
        break
        ;;
    esac
  done
  case \${COMP_WORDS[COMP_CWORD - 1]} in
    -c | --conf | -s | --socket | --config | --commands)
      _gaoler_files "$word"
      return
      ;;
  esac
  case $command in
    '') words='${names} --help --version --conf --socket' ;;
${cases.join("\n")}
  esac
  if [[ $word != -* ]]; then
    # compgen expands words as the shell does: nothing but letters of names and addresses may reach it
    case $command in
      ${JAIL_BEHIND})
        words=
        if ((COMP_CWORD == at + 1)); then
          words=$("$program" "\${place[@]}" client status 2>/dev/null | sed -n 's/.*Jail list:[[:space:]]*//p' | tr -cd '[:alnum:] _.@+-')
        fi
        ;;
      ${BANNED_BEHIND})
        words=$("$program" "\${place[@]}" client banned 2>/dev/null | grep -oE '[0-9A-Fa-f]*[.:][0-9A-Fa-f.:]+(/[0-9]+)?')
        ;;
      ${FILES_BEHIND})
        if [[ $command == shims ]] && ((COMP_CWORD == at + 1)); then
          words='install remove'
        else
          _gaoler_files "$word"
          return
        fi
        ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _gaoler gaoler
`;
}

/** The long options that a help lists, each once. */
function optionsOf(help: string): string {
  const options = [...help.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option);
  return [...new Set([...options, "--help"])].join(" ");
}
