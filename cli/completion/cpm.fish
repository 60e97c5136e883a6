# fish completion for cpm: commands, their options, the scripts that `run` knows, installed packages.

function __cpm_scripts
    cpm run --parseable 2>/dev/null | string replace -r '^([^:]+):(.*)' '$1\t$2'
end

function __cpm_installed
    for folder in node_modules/* node_modules/@*/*
        string match -qr '^node_modules/@[^/]+$' $folder; or string replace node_modules/ '' $folder
    end
end

complete -c cpm -n __fish_use_subcommand -f
complete -c cpm -n __fish_use_subcommand -l version -d 'The version'
complete -c cpm -n __fish_use_subcommand -a install -d 'Install a project, or add packages to it'
complete -c cpm -n __fish_use_subcommand -a ci -d 'Install exactly what the lock says'
complete -c cpm -n __fish_use_subcommand -a install-test -d 'Install, then test'
complete -c cpm -n __fish_use_subcommand -a install-ci-test -d 'ci, then test'
complete -c cpm -n __fish_use_subcommand -a uninstall -d 'Remove packages'
complete -c cpm -n __fish_use_subcommand -a run -d 'Run a script of package.json'
complete -c cpm -n __fish_use_subcommand -a test -d 'Run the test script'
complete -c cpm -n __fish_use_subcommand -a start -d 'Run the start script'
complete -c cpm -n __fish_use_subcommand -a stop -d 'Run the stop script'
complete -c cpm -n __fish_use_subcommand -a restart -d 'Run the restart script'
complete -c cpm -n __fish_use_subcommand -a ls -d 'Show what is installed'
complete -c cpm -n __fish_use_subcommand -a ll -d 'Show more of what is installed'
complete -c cpm -n __fish_use_subcommand -a update -d 'Newer versions within the ranges'
complete -c cpm -n __fish_use_subcommand -a dedupe -d 'Simplify the tree'
complete -c cpm -n __fish_use_subcommand -a find-dupes -d 'What dedupe would change'
complete -c cpm -n __fish_use_subcommand -a prune -d 'Remove what is not asked for'
complete -c cpm -n __fish_use_subcommand -a get -d 'config get'
complete -c cpm -n __fish_use_subcommand -a set -d 'config set'
complete -c cpm -n __fish_use_subcommand -a config -d 'Read and change the configuration'
complete -c cpm -n __fish_use_subcommand -a root -d 'Where packages are'
complete -c cpm -n __fish_use_subcommand -a prefix -d 'Where the project is'
complete -c cpm -n __fish_use_subcommand -a bin -d 'Where programs are'
complete -c cpm -n __fish_use_subcommand -a resolve -d 'Which file Node would load'
complete -c cpm -n __fish_use_subcommand -a semver -d 'Compare versions'
complete -c cpm -n __fish_use_subcommand -a help -d 'Help'

set -l save '__fish_seen_subcommand_from install i add uninstall remove rm'
complete -c cpm -n $save -s D -l save-dev -d 'In devDependencies'
complete -c cpm -n $save -s O -l save-optional -d 'In optionalDependencies'
complete -c cpm -n $save -l save-peer -d 'In peerDependencies'
complete -c cpm -n $save -s E -l save-exact -d 'The exact version'
complete -c cpm -n $save -l no-save -d 'Leave package.json'
complete -c cpm -n $save -s g -l global -d 'The global folder'
complete -c cpm -n $save -l package-lock-only -d 'Write the lock only'
complete -c cpm -n '__fish_seen_subcommand_from uninstall remove rm update ls ll list' -f -a '(__cpm_installed)'

set -l tree '__fish_seen_subcommand_from install i add ci'
complete -c cpm -n $tree -l omit -x -a 'dev optional peer' -d 'Leave out'
complete -c cpm -n $tree -l include -x -a 'prod dev optional peer' -d 'Put in'
complete -c cpm -n $tree -l legacy-peer-deps -d 'Ignore peers'
complete -c cpm -n $tree -l strict-peer-deps -d 'Every peer conflict is an error'
complete -c cpm -n $tree -l ignore-scripts -d 'Run no script'
complete -c cpm -n $tree -l dry-run -d 'Change nothing'
complete -c cpm -n $tree -l offline -d 'Ask nothing of the network'
complete -c cpm -n $tree -l prefer-offline -d 'Trust the cache'

complete -c cpm -n '__fish_seen_subcommand_from run' -f -a '(__cpm_scripts)'
complete -c cpm -n '__fish_seen_subcommand_from run' -l if-present -d 'A missing script is no error'
complete -c cpm -n '__fish_seen_subcommand_from ls list' -s a -l all -d 'The whole tree'
complete -c cpm -n '__fish_seen_subcommand_from ls list' -l json -d 'Print JSON'
complete -c cpm -n '__fish_seen_subcommand_from config' -f -a 'get set delete list'
