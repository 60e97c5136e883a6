# Completion of cpm for bash and zsh: `cpm completion` itself says which words may stand here.
# Now: source <(cpm completion). For good: cpm completion >> ~/.bashrc (or ~/.zshrc)
if type complete >/dev/null 2>&1; then
    _cpm() {
        local words cword cur line
        if type _get_comp_words_by_ref >/dev/null 2>&1; then
            _get_comp_words_by_ref -n = -n @ -n : -w words -i cword
        else
            words=("${COMP_WORDS[@]}") cword=$COMP_CWORD
        fi
        cur=${words[cword]}
        COMPREPLY=()
        while IFS= read -r line; do
            # readline replaces only what stands behind "="
            [[ $cur == *=* && $COMP_WORDBREAKS == *=* ]] && line=${line#*=}
            COMPREPLY+=("$line")
        done < <(COMP_CWORD=$cword COMP_LINE=$COMP_LINE COMP_POINT=$COMP_POINT \
            cpm completion -- "${words[@]}" 2>/dev/null)
        if type __ltrim_colon_completions >/dev/null 2>&1; then
            __ltrim_colon_completions "$cur"
        fi
    }
    complete -o default -F _cpm cpm
elif type compdef >/dev/null 2>&1; then
    _cpm() {
        local -a found
        found=(${(f)"$(COMP_CWORD=$((CURRENT - 1)) COMP_LINE=$BUFFER COMP_POINT=$CURSOR \
            cpm completion -- "${words[@]}" 2>/dev/null)"})
        if (( $#found )); then compadd -- $found; else _files; fi
    }
    compdef _cpm cpm
fi
