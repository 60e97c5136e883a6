# bash completion for cpm: commands, the options of each, the scripts that `run` knows, installed packages.

_cpm_scripts() {
    cpm run --parseable 2>/dev/null | sed 's/:.*//'
}

_cpm_installed() {
    local folder=$PWD
    while [[ $folder && ! -d $folder/node_modules ]]; do folder=${folder%/*}; done
    (cd "$folder/node_modules" 2>/dev/null && printf '%s\n' [!.@]* @*/* | grep -v '\*')
}

_cpm() {
    local commands='install i add install-test ci install-ci-test uninstall remove rm update dedupe find-dupes prune run test start stop restart ls ll list explain why outdated config get set root prefix bin resolve semver help pack publish unpublish deprecate undeprecate dist-tag owner access star unstar stars team org token profile login adduser logout whoami ping view repo bugs docs exec'
    local workspace='--workspace --workspaces --include-workspace-root'
    local save='--save-dev --save-optional --save-peer --save-exact --no-save --global --dry-run --json --ignore-scripts --package-lock-only --prefix'
    local tree='--omit= --include= --legacy-peer-deps --strict-peer-deps --force --install-links --no-bin-links --foreground-scripts'
    local network='--offline --prefer-offline --prefer-online --registry --before'
    local word=${COMP_WORDS[COMP_CWORD]} command= words= i
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == -* ]] || { command=${COMP_WORDS[i]}; break; }
    done
    case $command in
    '') words="$commands --version --help" ;;
    update | dedupe | find-dupes | prune) words="$(_cpm_installed) $tree $workspace --dry-run --ignore-scripts" ;;
    install | i | add | install-test) words="$save $tree $network $workspace --no-package-lock --engine-strict" ;;
    ci | install-ci-test) words="$tree $network $workspace --ignore-scripts --dry-run" ;;
    uninstall | remove | rm) words="$(_cpm_installed) $save $workspace" ;;
    pack | publish) words="--dry-run --json --tag= --access= --otp= --ignore-scripts $workspace" ;;
    view) words="$(_cpm_installed) --json $workspace" ;;
    dist-tag) words="add rm ls $workspace" ;;
    owner) words="add rm ls --otp= $workspace" ;;
    login | adduser | logout) words='--registry --scope= --auth-type=' ;;
    run) words="$(_cpm_scripts) --if-present --ignore-scripts --script-shell $workspace" ;;
    exec | x) words="$(_cpm_installed) --package= --call --yes --no --prefer-online --allow-scripts= $workspace" ;;
    test | start | stop | restart) words="--ignore-scripts --script-shell $workspace" ;;
    outdated) words="$(_cpm_installed) --all --json --long --parseable --omit= --global $workspace" ;;
    explain | why) words="$(_cpm_installed) --json" ;;
    ls | ll | list) words="$(_cpm_installed) --all --depth= --json --long --parseable --omit= --global --package-lock-only" ;;
    root | bin | prefix) words='--global' ;;
    config) words='get set delete list --json --long --location= --global' ;;
    resolve) words='--from --conditions --esm --cjs --json --trace --preserve-symlinks' ;;
    semver) words='--range --increment --preid --loose --include-prerelease --coerce --rtl --ltr' ;;
    help) words=$commands ;;
    esac
    case $word in
    --omit=*) words='--omit=dev --omit=optional --omit=peer' ;;
    --include=*) words='--include=prod --include=dev --include=optional --include=peer' ;;
    --location=*) words='--location=user --location=project --location=global' ;;
    -*) ;;
    *) words=$(printf '%s\n' $words | grep -v '^-') ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

COMP_WORDBREAKS=${COMP_WORDBREAKS//=/}
complete -o default -F _cpm cpm
complete -o default -c cpx
