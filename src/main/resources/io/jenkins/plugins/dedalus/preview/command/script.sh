# Goes to the directory $1, below the home unless it begins with a slash; with a question mark before it, below the code where
# that was delivered. In the latter two somebody's own command runs: packages and services are put back before it.
enter() {
    cd "$HOME" || exit 126
    case $1 in
        '') ;;
        '?'*)
            healed
            [ -d app ] && cd app
            [ -z "${1#\?}" ] || cd "./${1#\?}" || exit 126
            ;;
        /*)
            healed
            cd "$1" || exit 126
            ;;
        *) cd "$1" || exit 126 ;;
    esac
}

# Runs the script in the file $1, with nothing to read, so that it can't swallow itself.
run_file() {
    case $(head -c 2 "$1") in
        '#!') chmod 700 "$1" && "$1" </dev/null ;;
        *) /bin/bash -e "$1" </dev/null ;;
    esac
}

# Prints the function $1, which exports the variables that DEDALUS_PRIVATE_NAMES names, with the values that they have now. Its
# own variable has a name that none of theirs has.
print_env() {
    local dedalus_private_n
    printf '%s() {\n    :\n' "$1"
    for dedalus_private_n in $DEDALUS_PRIVATE_NAMES; do
        printf '    export %s=%q\n' "$dedalus_private_n" "${!dedalus_private_n}"
    done
    echo '}'
}

# Prints the variables $@ with the values that they have now.
print_values() {
    local dedalus_private_n
    for dedalus_private_n; do
        printf '%s=%q\n' "$dedalus_private_n" "${!dedalus_private_n}"
    done
}
