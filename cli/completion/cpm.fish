# Completion of cpm for fish: `cpm completion` itself says which words may stand here, and what they are.
# Now: cpm completion fish | source. For good: cpm completion fish > ~/.config/fish/completions/cpm.fish
function __cpm_complete
    set -l words (commandline -opc) (commandline -ct)
    set -lx COMP_FISH true
    set -lx COMP_CWORD (math (count $words) - 1)
    set -lx COMP_LINE (commandline -cp)
    set -lx COMP_POINT (string length -- $COMP_LINE)
    set -l found (command cpm completion -- $words 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c cpm -e
complete -c cpm -f -a '(__cpm_complete)'
