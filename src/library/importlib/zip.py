"""Modules in zip archives: the finder and loader of an archive on the path."""

import sys

import _imp
import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _bootstrap_external

__all__ = ["ZipImportError", "zipimporter"]


class ZipImportError(ImportError):
    """An archive is none, or does not have a module."""


_zip_directory_cache = {}


def _names_in(archive):
    try:
        names = _imp._archive_names(archive)
    except ImportError as error:
        raise ZipImportError(str(error), path=archive) from None
    found = set(names)
    # Folders need not be listed by themselves.
    for name in names:
        while "/" in name.rstrip("/"):
            name = name.rstrip("/").rpartition("/")[0] + "/"
            found.add(name)
    return found


class zipimporter(_bootstrap_external._LoaderBasics):
    """The finder and loader of the modules in an archive, or in a folder of one."""

    def __init__(self, path):
        path = _bootstrap_external._fspath(path)
        if not isinstance(path, str):
            path = path.decode()
        if not path:
            raise ZipImportError("archive path is empty", path=path)
        archive = _imp._archive_in(path)
        if archive is None:
            raise ZipImportError("not a Zip file", path=path)
        if archive not in _zip_directory_cache:
            _zip_directory_cache[archive] = _names_in(archive)
        self.archive = archive
        self.prefix = path[len(archive):].strip("/")
        if self.prefix:
            self.prefix += "/"

    def __repr__(self):
        return f'<zipimporter object "{self.archive}/{self.prefix}">'

    def _get_files(self):
        if self.archive not in _zip_directory_cache:
            try:
                _zip_directory_cache[self.archive] = _names_in(self.archive)
            except ZipImportError:
                _zip_directory_cache[self.archive] = set()
        return _zip_directory_cache[self.archive]

    def invalidate_caches(self):
        """Forget what is in the archive."""
        _zip_directory_cache.pop(self.archive, None)

    def _place(self, fullname):
        """Return the name in the archive of a module's file, and whether it is a package; None if there is none."""
        base, files = self.prefix + fullname.rpartition(".")[2], self._get_files()
        for suffix in _bootstrap_external.SOURCE_SUFFIXES:
            if f"{base}/__init__{suffix}" in files:
                return f"{base}/__init__{suffix}", True
        for suffix in _bootstrap_external.SOURCE_SUFFIXES:
            if base + suffix in files:
                return base + suffix, False
        return None

    def _required_place(self, fullname):
        place = self._place(fullname)
        if place is None:
            raise ZipImportError(f"can't find module {fullname!r}", name=fullname)
        return place

    def find_spec(self, fullname, target=None):
        """Find a module in the archive."""
        place = self._place(fullname)
        base = self.prefix + fullname.rpartition(".")[2]
        if place is None:
            if base + "/" not in self._get_files():
                return None
            spec = _bootstrap.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations.append(f"{self.archive}/{base}")
            return spec
        name, is_package = place
        spec = _bootstrap.ModuleSpec(fullname, self, origin=f"{self.archive}/{name}", is_package=is_package)
        spec._set_fileattr = True
        spec._cached = None
        if is_package:
            spec.submodule_search_locations = [f"{self.archive}/{base}"]
        return spec

    def is_package(self, fullname):
        """Return whether a module of the archive is a package."""
        return self._required_place(fullname)[1]

    def get_filename(self, fullname):
        """Return the path of a module's file, which begins with that of the archive."""
        return f"{self.archive}/{self._required_place(fullname)[0]}"

    def get_data(self, pathname):
        """Return the bytes of a file of the archive."""
        name = pathname
        if name.startswith(self.archive + "/"):
            name = name[len(self.archive) + 1:]
        if name not in self._get_files():
            raise OSError(0, "", name)
        try:
            return _imp._archive_file(self.archive, name)
        except ImportError as error:
            raise ZipImportError(str(error), path=self.archive) from None

    def get_source(self, fullname):
        """Return the text of a module."""
        return _imp._decode_source(self.get_data(self._required_place(fullname)[0]))

    def get_code(self, fullname):
        """Return the code object of a module."""
        return compile(self.get_source(fullname), self.get_filename(fullname), "exec", dont_inherit=True)
