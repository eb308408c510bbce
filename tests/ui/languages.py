"""languages: the languages of the window, a place where each is spoken, and what it calls things there."""
import gettext

LOCALES = {"": "en_GB", "ar": "ar_EG", "es": "es_ES", "fr": "fr_FR", "ja": "ja_JP", "ko": "ko_KR", "zh_CN": "zh_CN"}


def in_language(code, text, catalogues):
    """That text as the installed catalogues have it, which is not the English one."""
    if not code:
        return text
    word = gettext.translation("snug", catalogues, [code]).gettext(text)
    assert word != text, f"{text} is English in {code}"
    return word


def check_start_page(opened, code, catalogues):
    """Its title and its first button."""
    opened.wait_for_title("· " + in_language(code, "Not in a room", catalogues) + "$")
    opened.find("push button", in_language(code, "Create Room", catalogues))
