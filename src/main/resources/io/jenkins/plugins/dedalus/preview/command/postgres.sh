# PostgreSQL, whichever version is installed, with its data in the home.

# The user that the server runs as: it refuses to be root.
postgres_user() {
    if [ "$(id -u)" = 0 ]; then
        id postgres >/dev/null 2>&1 && echo postgres || echo nobody
    fi
}

# Runs a command as that user, in place of this process.
as_postgres() {
    local user
    user=$(postgres_user)
    cd /
    if [ -z "$user" ]; then
        exec "$@"
    elif command -v setpriv >/dev/null; then
        exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups "$@"
    fi
    exec runuser -u "$user" -- "$@"
}

# The directory of the newest version's programs; of the one that made the data in $1, if there is any.
postgres_bin() {
    local dir version made
    made=$(cat "$1/PG_VERSION" 2>/dev/null)
    {
        ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin
        dir=$(command -v postgres) && dirname "$dir"
    } 2>/dev/null | while read -r dir; do
        [ -x "$dir/postgres" ] && [ -x "$dir/initdb" ] || continue
        version=$("$dir/postgres" --version 2>/dev/null | sed -n 's/^postgres (PostgreSQL) \([0-9]*\).*/\1/p')
        [ -n "$version" ] && echo "$version $dir"
    done | sort -rn | { [ -z "$made" ] && cat || grep "^$made "; } | head -n 1 | cut -d ' ' -f 2-
}

# Lets the server's user through to the directory $1, as far as the directories are ours.
postgres_reach() {
    local user path=$1 closed=()
    user=$(postgres_user)
    [ -n "$user" ] || return 0
    # After the root file system was reset the user may have another number.
    find "$1" ! -user "$user" -exec chown "$user" {} +
    while path=$(dirname "$path") && [ "$path" != / ]; do
        (as_postgres test -x "$path") && continue
        case $path/ in
            "$HOME"/*) chmod o+x "$path" ;;
            *) closed+=("$path") ;;
        esac
    done
    if [ ${#closed[@]} != 0 ] && ! (as_postgres test -x "$1"); then
        echo "[dedalus] the user $user, which PostgreSQL runs as, can't get through ${closed[*]} to its data: allow it with chmod o+x in the setup script"
        return 78
    fi
}

# Makes the data of the service $1 unless it is there, and its database $2. A start that was cut off is begun again.
postgres_prepare() {
    local dir="$data/$1" bin made password
    bin=$(postgres_bin "$dir/data")
    if [ -z "$bin" ]; then
        made=$(cat "$dir/data/PG_VERSION" 2>/dev/null)
        if [ -n "$made" ]; then
            echo "[dedalus] the data of the service $1 was made by PostgreSQL $made, which is not installed: add postgresql-$made to packages, or reset the preview"
        else
            echo "[dedalus] PostgreSQL is not installed on this machine: add postgresql to packages"
        fi
        return 78
    fi
    mkdir -p "$dir" || return
    chmod 711 "$data"
    if [ ! -s "$dir/password" ]; then
        rm -rf "$dir/data"
        od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$dir/password" || return
    fi
    postgres_reach "$dir" || return
    if [ ! -f "$dir/data/PG_VERSION" ]; then
        rm -rf "$dir/new" "$dir/data" "$dir/databases"
        if ! (as_postgres "$bin/initdb" -D "$dir/new" -U postgres -A scram-sha-256 --pwfile="$dir/password" -E UTF8 --locale=C) >"$s/$1/initdb.log" 2>&1; then
            tail -n 20 "$s/$1/initdb.log"
            echo "[dedalus] the data of the service $1 could not be made: initdb failed"
            return 78
        fi
        mv "$dir/new" "$dir/data"
    fi
    postgres_unlock "$dir/data"
    if [ "$2" != postgres ] && ! grep -qxF "$2" "$dir/databases" 2>/dev/null; then
        # No client is needed for that, and a database that is there already is no failure.
        if ! printf 'CREATE DATABASE "%s"\nSELECT datname FROM pg_database\n' "$2" |
            (as_postgres "$bin/postgres" --single -D "$dir/data" postgres) 2>"$s/$1/database.log" | grep -qF "datname = \"$2\""; then
            tail -n 20 "$s/$1/database.log"
            echo "[dedalus] the database $2 of the service $1 could not be made"
            return 78
        fi
        echo "$2" >>"$dir/databases"
    fi
}

# A lock file that an earlier life of the machine left names a process that now may be any other: the server would not start.
postgres_unlock() {
    local pid
    read -r pid 2>/dev/null <"$1/postmaster.pid" || return 0
    case $(ps -o comm= -p "$pid" 2>/dev/null || cat "/proc/$pid/comm" 2>/dev/null) in
        '' | *postgres* | *postmaster*) ;;
        *) rm -f "$1/postmaster.pid" ;;
    esac
}

# Runs the server of the service $1 on port $2, in place of this process.
postgres_run() {
    local bin
    bin=$(postgres_bin "$data/$1/data")
    postgres_unlock "$data/$1/data"
    as_postgres "$bin/postgres" -D "$data/$1/data" -p "$2" -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
        -c logging_collector=off -c log_destination=stderr
}

# Whether the server of the service $1 takes connections: it says so in its lock file, after it recovered.
postgres_ready() {
    [ "$(sed -n '8s/ *$//p' "$data/$1/data/postmaster.pid" 2>/dev/null)" = ready ] && listens "$2"
}

postgres_env() {
    local password
    password=$(cat "$data/$1/password")
    cat <<END
export DATABASE_URL="\${DATABASE_URL-postgresql://postgres:$password@127.0.0.1:$2/$3}"
export PGHOST="\${PGHOST-127.0.0.1}" PGPORT="\${PGPORT-$2}" PGUSER="\${PGUSER-postgres}" PGPASSWORD="\${PGPASSWORD-$password}" PGDATABASE="\${PGDATABASE-$3}"
END
}
