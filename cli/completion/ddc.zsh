_ddc_complete() {
  local out line
  local -a candidates
  out=$(ddc complete -- "${(@)words[2,CURRENT]}" 2>/dev/null) || return
  for line in "${(@f)out}"; do
    case $line in
      :0) _files && return ;;
      :*) ;;
      *) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  _describe ddc candidates
}
compdef _ddc_complete ddc
