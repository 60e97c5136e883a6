# Completion of cpm for fish: `cpm completion` itself says which words may stand here, and what they are.
function __cpm_complete
    set -l words (commandline -opc) (commandline -ct)
    set -lx COMP_FISH true
    set -lx COMP_CWORD (math (count $words) - 1)
    set -lx COMP_LINE (commandline -p)
    set -lx COMP_POINT (commandline -C)
    command cpm completion -- $words 2>/dev/null
end
complete -c cpm -e
complete -c cpm -a '(__cpm_complete)'
