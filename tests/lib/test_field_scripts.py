import pytest

from cehours.lib.field_scripts import only_reckons, opens_the_print_dialogue


@pytest.mark.parametrize(
    "script",
    [
        'AFNumber_Format(0,1,"MinusBlack",null,"",true);',
        'AFDate_FormatEx("yyyy/mm/dd"); // 日期',
        'AFSimple_Calculate("SUM", ["学时1", "学时2"]);',
        "AFRange_Validate(true, 0, true, 200);",
        'event.value = this.getField("公需").value * 1 + this.getField("专业").value * 1;',
        'var a = Number(getField("甲").value) || 0;\nif (a > 90) event.value = 90; else event.value = a.toFixed(1);',
        'if (event.value != "") { var s = event.value.replace(/[^0-9"\']/g, ""); event.value = s; }',
        "event.rc = event.value.length <= 18;",
    ],
)
def test_a_script_that_formats_or_reckons_passes(script):
    assert only_reckons(script)


@pytest.mark.parametrize(
    "script",
    [
        "app.alert(1)",
        'this.submitForm("http://example.cn")',
        'submitForm("http://example.cn")',
        'app.launchURL("http://example.cn")',
        'this["submit" + "Form"]("http://example.cn")',
        'var s = "submitForm"; event.value = this[s]',
        'var eval; eval("app.alert(1)")',
        "var app; app.alert(1)",
        'new Function("app.alert(1)")()',
        '"a".constructor.constructor("app.alert(1)")()',
        r"\u0061pp.alert(1)",
        "`${app.alert(1)}`",
        # Where a pattern could be taken for a division, quotes would hide what follows.
        'event.value = a /"/; app.alert("x") //"',
        'if(1) /a=/.test(event.value); app.alert("u") /1/ 1',
        "event.value = 1; // a\u2028app.alert(1)",
        '<!-- "\\\napp.alert("1")',
        "event.value = 1;" * 2000,
    ],
)
def test_a_script_that_could_reach_out_does_not(script):
    assert not only_reckons(script)


@pytest.mark.parametrize(
    "script",
    [
        "print();",
        "print(true);",
        "this.print(true);\r",
        "print({});",
        "this.print({bUI: true, bSilent: false, bShrinkToFit: true});",
    ],
)
def test_a_call_for_the_print_dialogue_is_known(script):
    assert opens_the_print_dialogue(script)


@pytest.mark.parametrize(
    "script",
    [
        "print(false)",
        "this.print({bUI: false})",
        "print({bUI: true, bSilent: true})",
        "print(); app.alert(1)",
        "app.print()",
        "",
    ],
)
def test_printing_by_itself_or_anything_more_is_not(script):
    assert not opens_the_print_dialogue(script)
