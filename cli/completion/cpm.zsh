#compdef cpm
# zsh completion for cpm: commands, their options, the scripts that `run` knows, installed packages.

_cpm_scripts() {
  local -a scripts
  scripts=(${(f)"$(cpm run --parseable 2>/dev/null)"})
  _describe 'script' scripts
}

_cpm_installed() {
  local -a packages
  packages=(node_modules/^(@*)(/N:t) node_modules/@*/*(/N:s#node_modules/##))
  _describe 'package' packages
}

_cpm() {
  local -a commands workspace save tree network
  commands=(
    'install:install a project, or add packages to it' 'ci:install exactly what the lock says'
    'install-test:install, then test' 'install-ci-test:ci, then test'
    'uninstall:remove packages' 'run:run a script of package.json' 'exec:run a command of a package' 'test:run the test script'
    'start:run the start script' 'stop:run the stop script' 'restart:run the restart script'
    'update:newer versions within the ranges' 'dedupe:simplify the tree' 'find-dupes:what dedupe would change'
    'prune:remove what is not asked for' 'get:config get' 'set:config set'
    'ls:show what is installed' 'll:show more of what is installed' 'explain:say why a package is installed'
    'config:read and change the configuration'
    'root:where packages are' 'prefix:where the project is' 'bin:where programs are' 'resolve:which file Node would load' 'semver:compare versions' 'pack:make a tarball of a package' 'publish:publish a package' 'unpublish:remove a package from the registry'
    'deprecate:warn of versions of a package' 'undeprecate:take a deprecation back' 'dist-tag:name versions of a package'
    'owner:the owners of a package' 'access:who may read and write a package' 'star:mark a package as a favourite'
    'unstar:remove the mark of a favourite' 'stars:list favourites' 'team:teams of an organization'
    'org:members of an organization' 'token:the tokens of your account' 'profile:what the registry knows of you'
    'login:log in to a registry' 'adduser:make an account at a registry' 'logout:log out of a registry'
    'whoami:the name of your account' 'ping:ask whether the registry is there' 'view:what a registry says of a package'
    'repo:open the repository of a package' 'bugs:open the page where bugs are reported' 'docs:open the documentation of a package'
    'outdated:what has newer versions'
    'help:help'
  )
  workspace=('*'{-w,--workspace}'[work in a workspace]:workspace:_files -/' '--workspaces[work in all workspaces]'
    '--include-workspace-root[and in the root]')
  save=({-D,--save-dev}'[in devDependencies]' {-O,--save-optional}'[in optionalDependencies]' '--save-peer[in peerDependencies]'
    {-E,--save-exact}'[the exact version]' '--no-save[leave package.json]' {-g,--global}'[the global folder]'
    '--dry-run[change nothing]' '--json[print JSON]' '--ignore-scripts[run no script]' '--package-lock-only[write the lock only]')
  tree=('*--omit=[leave out]:kind:(dev optional peer)' '*--include=[put in]:kind:(prod dev optional peer)'
    '--legacy-peer-deps[ignore peers]' '--strict-peer-deps[every peer conflict is an error]' {-f,--force}'[go on]')
  network=('--offline[ask nothing]' '--prefer-offline[trust the cache]' '--prefer-online[ask anew]' '--registry=[the registry]:URL:_urls')

  _arguments -C '--version[the version]' '1: :->command' '*:: :->rest'
  case $state in
  command) _describe 'command' commands ;;
  rest)
    case $words[1] in
    install|i|add|install-test) _arguments $save $tree $network $workspace '*:package:_files' ;;
    ci|install-ci-test) _arguments $tree $network $workspace '--ignore-scripts[run no script]' '--dry-run[change nothing]' ;;
    uninstall|remove|rm) _arguments $save $workspace '*: :_cpm_installed' ;;
    run) _arguments $workspace '--if-present[a missing script is no error]' '1: :_cpm_scripts' '*:argument:_files' ;;
    exec|x) _arguments $workspace '*--package=[a package that has to be there]:package:' {-c,--call}'[a line for the shell]:line:' {-y,--yes}'[install without a question]' '--no[do not install]' '1: :_cpm_installed' '*:argument:_files' ;;
    test|start|stop|restart) _arguments $workspace '*:argument:_files' ;;
    update|dedupe|find-dupes|prune) _arguments $tree $workspace '*: :_cpm_installed' ;;
    explain|why) _arguments '--json[print JSON]' '*: :_cpm_installed' ;;
    ls|ll|list) _arguments {-a,--all}'[the whole tree]' '--depth=[levels]:levels:' '--json[print JSON]' {-l,--long}'[more]' '*: :_cpm_installed' ;;
    config) _arguments '1:verb:(get set delete list)' '--json[print JSON]' '--location=[which file]:file:(user project global)' ;;
    help) _describe 'command' commands ;;
    esac ;;
  esac
}

setopt localoptions extendedglob
_cpm "$@"
