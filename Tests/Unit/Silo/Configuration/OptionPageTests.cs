using System.Reflection;
using ZeroKSync.Silo.Configuration;

namespace ZeroKSync.Tests.Unit.Silo.Configuration;

/// <summary>Every option is written down, and holds to what is written.</summary>
public sealed class OptionPageTests
{
    public static TheoryData<string, string> Keys
    {
        get
        {
            var keys = new TheoryData<string, string>();
            foreach (OptionSection section in OptionCatalogue.Sections)
            {
                foreach (PropertyInfo key in section.Keys)
                    keys.Add(section.Name, key.Name);
            }

            return keys;
        }
    }

    [Fact]
    public void Page_OfAllOptions_IsTheCheckedInOne() => Approved.Compare("../../docs/OPTIONS.md", OptionPage.Write());

    [Theory]
    [MemberData(nameof(Keys))]
    public void Default_OfEveryOption_IsTheWrittenOneAndValid(string name, string keyName)
    {
        (OptionSection section, PropertyInfo key) = Find(name, keyName);
        foreach (string preset in Presets.All)
            section.Validate(section.Create(preset));

        OptionComment comment = OptionComment.Read(key);
        Assert.NotEmpty(comment.Meaning);
        if (IsAmount(key))
        {
            Assert.True(comment.Default is not null, $"The comment of {name}:{keyName} has no 'LOW to HIGH, default VALUE.'");
            string written = comment.Default == "the most" ? comment.High! : comment.Default;
            Assert.Equal(OptionComment.Parse(written, key.PropertyType), key.GetValue(section.Create(Presets.Default)));
        }
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Bounds_OfEveryOption_AreTheWrittenOnes(string name, string keyName)
    {
        (OptionSection section, PropertyInfo key) = Find(name, keyName);
        if (!IsAmount(key))
            return;

        OptionComment comment = OptionComment.Read(key);
        object low = OptionComment.Parse(comment.Low!, key.PropertyType);
        section.Validate(With(low));
        AssertRefused(Next(low, -1));
        if (comment.High != "the cap")
        {
            object high = OptionComment.Parse(comment.High!, key.PropertyType);
            section.Validate(With(high));
            AssertRefused(Next(high, 1));
        }

        object With(object value)
        {
            object options = section.Create(Presets.Default);
            // An option whose bound is another one would otherwise be tried against that one's default.
            if (keyName == "TtlMax")
                section.Keys.Single(other => other.Name == "TtlDefault").SetValue(options, TimeSpan.FromMinutes(1));

            key.SetValue(options, value);
            return options;
        }

        void AssertRefused(object value) => Assert.Equal(keyName, Assert.Throws<ArgumentOutOfRangeException>(() => section.Validate(With(value))).ParamName);
    }

    private static (OptionSection Section, PropertyInfo Key) Find(string section, string key)
    {
        OptionSection found = OptionCatalogue.Sections.Single(candidate => candidate.Name == section);
        return (found, found.Keys.Single(candidate => candidate.Name == key));
    }

    private static bool IsAmount(PropertyInfo key) =>
        key.PropertyType == typeof(int) || key.PropertyType == typeof(long) || key.PropertyType == typeof(double) || key.PropertyType == typeof(TimeSpan);

    private static object Next(object value, int direction) => value switch
    {
        int number => number + direction,
        long number => number + direction,
        double number => direction > 0 ? Math.BitIncrement(number) : Math.BitDecrement(number),
        TimeSpan time => time + TimeSpan.FromTicks(direction),
        _ => throw new ArgumentException("It has no next value.", nameof(value)),
    };
}
