#compdef cpm
# Completion of cpm for zsh: `cpm completion` itself says which words may stand here.
local -a found
found=("${(@f)$(COMP_CWORD=$((CURRENT - 1)) COMP_LINE=$BUFFER COMP_POINT=$CURSOR \
    cpm completion -- "${words[@]}" 2>/dev/null)}")
compadd -- $found
