function __ddc_complete
  set -l words (commandline -opc)
  set -l out (ddc complete -- $words[2..-1] "$(commandline -ct)" 2>/dev/null)
  if test "$out[-1]" = ":0"
    __fish_complete_path (commandline -ct)
  else
    printf '%s\n' $out[1..-2]
  end
end
complete -c ddc -f -a '(__ddc_complete)'
