#compdef cpm
# Completion of cpm for zsh: `cpm completion` itself says which words may stand here.
# Now: source <(cpm completion zsh). For good: put it as _cpm into a folder of $fpath.
_cpm() {
    local -a found
    found=(${(f)"$(COMP_CWORD=$((CURRENT - 1)) COMP_LINE=$BUFFER COMP_POINT=$CURSOR \
        cpm completion -- "${words[@]}" 2>/dev/null)"})
    if (( $#found )); then compadd -- $found; else _files; fi
}
if [[ $funcstack[1] == _cpm ]]; then
    _cpm "$@"
else
    compdef _cpm cpm
fi
