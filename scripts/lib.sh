# shellcheck shell=bash
# What ./check, ./demo and ./emulator share: the tools they need, and building only what changed.
# Bash 3.2 is enough (macOS).

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=$root/router/target
cache=$root/.cache
dependency_plugin=org.apache.maven.plugins:maven-dependency-plugin:3.9.0
jenkins_maven=3.9.11 # what the Jenkins parent POM gets where the PATH's Maven is older than it wants
jenkins_maven_minimum=3.9.6
postgres_version=17.6.0

say() { printf '%s\n' "$*"; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# at_least 3.9.6 3.8.7: is the second version the first or newer?
at_least() {
    awk -v want="$1" -v have="$2" 'BEGIN {
        split(want, w, "."); split(have, h, ".")
        for (i = 1; i <= 3; i++) if (h[i] + 0 != w[i] + 0) exit !(h[i] + 0 > w[i] + 0)
        exit 0
    }'
}

# Sets $java. JAVA_HOME wins over the PATH, as it does for Maven.
need_java() {
    local version
    if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then
        java=$JAVA_HOME/bin/java
        [ -x "$JAVA_HOME/bin/javac" ] || die "JAVA_HOME ($JAVA_HOME) has no javac: a JDK is needed, 17 or newer."
    else
        java=$(command -v java) || die "No Java found: put a JDK, 17 or newer, on the PATH or set JAVA_HOME."
        command -v javac >/dev/null || die "The PATH has java but no javac: a JDK is needed, 17 or newer."
    fi
    version=$({ "$java" -version 2>&1 || true; } | sed -n 's/.*version "\([0-9.]*\).*/\1/p' | head -n 1)
    at_least 17 "${version:-0}" || die "$java is Java ${version:-of an unknown version}: a JDK, 17 or newer, is needed."
}

maven_version() {
    { "$1" -B --version 2>/dev/null || true; } | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p' | head -n 1
}

# Sets $mvn, the PATH's Maven.
need_maven() {
    local version
    mvn=$(command -v mvn) || die "No Maven found: put Maven, 3.8 or newer, on the PATH."
    version=$(maven_version "$mvn")
    at_least 3.8 "${version:-0}" || die "$mvn is Maven ${version:-of an unknown version}: 3.8 or newer is needed."
}

need_git() {
    command -v git >/dev/null || die "No git found: put git on the PATH."
}

# The PATH's Maven, for everything but the plugin. It looks for .mvn in router/ alone: extensions of the plugin's build are in
# Jenkins' repository, and what needs Maven Central alone must not ask for them.
engine_mvn() { MAVEN_BASEDIR=$root/router "$mvn" "$@"; }

# Runs a goal of the dependency plugin away from our own POMs, from the local repository if it is there.
fetch_with_maven() {
    mkdir -p "$cache"
    (cd "$cache" && { engine_mvn -o -B -q "$@" >/dev/null 2>&1 || engine_mvn -B -q -ntp "$@" >&2; } </dev/null)
}

# Sets $mvn_jenkins, a Maven that the Jenkins parent POM accepts; fails if there is none and none can be had.
find_jenkins_maven() {
    mvn_jenkins=$mvn
    at_least "$jenkins_maven_minimum" "$(maven_version "$mvn")" && return 0
    mvn_jenkins=$cache/apache-maven-$jenkins_maven/bin/mvn
    [ -x "$mvn_jenkins" ] || fetch_with_maven "$dependency_plugin:unpack" \
        -Dartifact="org.apache.maven:apache-maven:$jenkins_maven:zip:bin" -DoutputDirectory="$cache"
}

# engine_maven <goals…>: one run of router/pom.xml that also leaves what ./demo and ./emulator start from.
engine_maven() {
    mkdir -p "$target"
    touch "$target/.building"
    engine_mvn -B -ntp -Dstyle.color=never -f "$root/router/pom.xml" "$@" "$dependency_plugin:build-classpath" \
        -Dmdep.includeScope=test -Dmdep.outputFile="$target/test-classpath" </dev/null || return 1
    mv "$target/.building" "$target/.built"
}

engine_is_built() {
    [ -f "$target/.built" ] && [ -f "$target/test-classpath" ] && [ -f "$target/dedalus-preview-router.jar" ] &&
        [ -z "$(find "$root/src" "$root/router/pom.xml" "$root/router/src" -newer "$target/.built" -print | head -n 1)" ]
}

# alone <function…>: runs it while no other script does in this clone; who comes second waits. The lock names its process, so
# that one that was killed locks nobody out.
alone() {
    local holder status=0 lock=$cache/lock
    mkdir -p "$cache"
    until ln -s "$$" "$lock" 2>/dev/null; do
        holder=$(readlink "$lock") && ! kill -0 "$holder" 2>/dev/null && rm -f "$lock"
        sleep 1
    done
    "$@" || status=$?
    rm -f "$lock"
    return "$status"
}

# Builds the engine, the router's jar and the test classes, if something changed since the last time.
build_engine() {
    engine_is_built || alone build_changed_engine
}

build_changed_engine() {
    engine_is_built && return 0
    say "Building the engine and the router (the first time also fetches their libraries) …" >&2
    engine_maven -q package -DskipTests >&2 || die "The build failed; Maven's messages above say where."
}

# The class path of what lives in src/test: the emulator and the demo's driver.
test_classpath() {
    printf '%s' "$target/test-classes:$target/classes:$(cat "$target/test-classpath")"
}

# Fetches the drivers of the guestbook's databases, so that its machines need no network.
fetch_guestbook_drivers() {
    alone copy_guestbook_drivers
}

copy_guestbook_drivers() {
    local driver name lib=$root/examples/guestbook/lib
    for driver in $(sed -n 's/^for driver in \(.*\); do$/\1/p' "$root/examples/guestbook/scripts/setup"); do
        name=${driver#*:}
        [ -f "$lib/${name%:*}.jar" ] ||
            fetch_with_maven "$dependency_plugin:copy" -Dartifact="$driver" -DoutputDirectory="$lib" -Dmdep.stripVersion=true ||
            die "The guestbook's database driver ($driver) could not be fetched from Maven Central."
    done
}

# Fetches PostgreSQL as a package for emulated machines and sets $packages to their directory; fails, with the reason in
# $why_no_postgres, where there is none that runs here.
fetch_postgres() {
    local platform programs=postgresql/root/usr/lib/postgresql/${postgres_version%%.*}
    case $(uname -s)-$(uname -m) in
        Linux-x86_64) platform=linux-amd64 ;;
        Linux-aarch64) platform=linux-arm64v8 ;;
        Darwin-x86_64) platform=darwin-amd64 ;;
        Darwin-arm64) platform=darwin-arm64v8 ;;
        *) why_no_postgres="Maven Central has no binaries of it for $(uname -s) on $(uname -m)" && return 1 ;;
    esac
    packages=$cache/packages-$postgres_version
    [ -d "$packages" ] || alone unpack_postgres "$platform" "$programs" || return
    "$packages/$programs/bin/postgres" --version >/dev/null 2>&1 ||
        { why_no_postgres="the binaries on Maven Central don't run on this system" && return 1; }
}

# unpack_postgres <platform> <directory>: lays the binaries into that directory of $packages, all of them or none.
# shellcheck disable=SC2034 # who calls it says why.
unpack_postgres() {
    local work=$cache/postgres
    [ ! -d "$packages" ] || return 0
    rm -rf "$work"
    fetch_with_maven "$dependency_plugin:copy" -DoutputDirectory="$work" -Dmdep.stripVersion=true \
        -Dartifact="io.zonky.test.postgres:embedded-postgres-binaries-$1:$postgres_version" ||
        { why_no_postgres="its binaries could not be fetched from Maven Central" && return 1; }
    (cd "$work" && "${java%java}jar" xf ./*.jar) ||
        { why_no_postgres="jar can't unpack its binaries" && return 1; }
    mkdir -p "$work/packages/$2"
    # -o: files of whoever unpacks them.
    tar -x -J -o -f "$work"/*.txz -C "$work/packages/$2" ||
        { why_no_postgres="tar can't unpack its binaries; it needs xz" && return 1; }
    mv "$work/packages" "$packages"
    rm -rf "$work"
}
