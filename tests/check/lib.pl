# What the checks share: the house's C files, their text without comments and strings, and how a fault is told.
# A check prints one line a fault, "file:line: what is wrong", then what to do; exit 1 on a fault, 77 when skipped.
use strict;
use warnings;

our @FOLDERS = qw(base semver lockfile registry resolver install look runtime cli);
my $faults = 0;

# C files below the given folders, sorted; generated and third-party text has no place in them.
sub c_files
{
    my @roots = grep { -d } @_;
    return () unless @roots;
    my @files = split /\n/, `find @roots -name '*.[ch]' -type f | LC_ALL=C sort`;
    return @files;
}

sub slurp
{
    my ($path) = @_;
    open(my $in, '<', $path) or die "$path: $!\n";
    local $/;
    return scalar <$in>;
}

# Comments and the insides of string and character literals become blanks; lines stay where they are.
sub code_of
{
    my ($path) = @_;
    my $text = slurp($path);
    $text =~ s{(/\*.*?\*/|//[^\n]*)|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')}
              {my $all = defined $1 ? $1 : substr($2, 0, 1) . ' ' x (length($2) - 2) . substr($2, -1);
               if (defined $1) { $all =~ s/[^\n]/ /g }
               $all}gse;
    return $text;
}

sub fault
{
    my ($where, $what) = @_;
    print "$where: $what\n";
    $faults++;
}

sub finish
{
    my ($advice) = @_;
    exit 0 unless $faults;
    print "\n$faults faults. $advice\n";
    exit 1;
}

1;
