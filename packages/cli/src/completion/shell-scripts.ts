/** A shell with a script of its own. */
export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

/** Each script asks the program itself, which prints one word a line. The last word that it gets is the one at the cursor. */
export const shellScripts: Readonly<Record<Shell, string>> = {
  bash: `_api_key_fallback() {
  local word
  COMPREPLY=()
  while IFS= read -r word; do
    COMPREPLY+=("$word")
  done < <("$1" completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _api_key_fallback api-key-fallback
`,
  zsh: `#compdef api-key-fallback
_api_key_fallback() {
  local -a candidates
  candidates=(\${(f)"$("\${words[1]}" completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if (( \${#candidates} )); then compadd -a candidates; else _files; fi
}
if [[ "\${funcstack[1]}" == _api_key_fallback ]]; then
  _api_key_fallback "$@"
else
  compdef _api_key_fallback api-key-fallback
fi
`,
  fish: `function __api_key_fallback_words
  set -l line (commandline -opc)
  $line[1] completion words -- $line[2..-1] (commandline -ct) 2>/dev/null
end
complete -c api-key-fallback -f -a '(__api_key_fallback_words)'
`,
  // Older versions pass no empty argument, so a space stands for one.
  powershell: `Register-ArgumentCompleter -Native -CommandName api-key-fallback -ScriptBlock {
  param($wordToComplete, $commandAst)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -eq '') { $words += ' ' }
  & api-key-fallback completion words '--' @words 2>$null | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`,
};
